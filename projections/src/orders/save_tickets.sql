-- New and changed tickets of a batch.
insert into order_tickets (code, order_id, status, ticket)
select code, order_id, status, ticket
from (
    select unnest($1::text[]) as code, unnest($2::uuid[]) as order_id, unnest($3::text[]) as status,
           unnest($4::json[]) as ticket
) as changed
on conflict (code) do update
set order_id = excluded.order_id, status = excluded.status, ticket = excluded.ticket;
