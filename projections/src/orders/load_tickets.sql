-- Tickets by their codes: those of a batch, or the one that is asked for.
select code, status, ticket
from order_tickets
where code = any ($1);
