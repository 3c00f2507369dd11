-- What succeeded payments come to: all, or those of an organizer's shows.
select currency, sum(amount)::bigint as amount
from payments
where status = 'succeeded'
    and ($1::uuid is null or show_id = any (array(select show_id from shows where organizer = $1)))
group by currency
order by currency;
