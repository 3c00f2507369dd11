-- The orders that are the viewer's business, newest first.
select order_id, status, reason, placed, tickets, created_position, position
from orders
where ($3 or customer = $1 or organizer = $2)
    and ($4::text is null or status = $4)
    and ($5::uuid is null or show_id = $5)
    and ($6::uuid is null or customer = $6)
    and ($7::bigint is null or created_position < $7)
order by created_position desc
limit $8;
