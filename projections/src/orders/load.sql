-- The orders of a batch.
select order_id, status, reason, placed, tickets, created_position, position
from orders
where order_id = any ($1);
