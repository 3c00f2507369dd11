-- What moved an account, newest first.
select position, kind, amount, balance, payment_id, order_id, at
from account_entries
where account_id = $1
    and ($2::bigint is null or position < $2)
order by position desc
limit $3;
