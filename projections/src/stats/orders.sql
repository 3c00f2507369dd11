-- Orders by status, and how many of them have no payment: all, or those of an organizer's shows.
select orders.status, count(*), count(*) filter (where payments.payment_id is null)
from orders
left join payments using (payment_id)
where $1::uuid is null or orders.organizer = $1
group by orders.status;
