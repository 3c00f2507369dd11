-- An order that is the viewer's business: own, for an own show, or any.
select order_id, status, reason, placed, tickets, created_position, position
from orders
where order_id = $1 and (customer = $2 or organizer = $3 or $4);
