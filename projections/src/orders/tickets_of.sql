-- The tickets of a page of orders.
select code, status, ticket
from order_tickets
where order_id = any ($1);
