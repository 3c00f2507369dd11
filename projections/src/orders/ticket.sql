-- A ticket that is the viewer's business: own, for an own show, or any.
select ticket.code, ticket.status, ticket.ticket
from order_tickets ticket
join orders using (order_id)
where ticket.code = $1 and (orders.customer = $2 or orders.organizer = $3 or $4);
