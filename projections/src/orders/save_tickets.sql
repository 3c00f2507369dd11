-- New and changed tickets of a batch.
insert into order_tickets (code, order_id, status, ticket)
select code, order_id, status, ticket::json
from unnest($1::text[], $2::uuid[], $3::text[], $4::text[]) as changed (code, order_id, status, ticket)
on conflict (code) do update
set order_id = excluded.order_id, status = excluded.status, ticket = excluded.ticket;
