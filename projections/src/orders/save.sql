-- New and changed orders of a batch. Each order's tickets come as one text, parted by blanks.
insert into orders
    (order_id, customer, organizer, show_id, payment_id, status, reason, total, currency, placed, tickets,
     created_position, position)
select order_id, customer, organizer, show_id, payment_id, status, reason, total, currency, placed,
       string_to_array(tickets, ' '), created_position, position
from (
    select unnest($1::uuid[]) as order_id, unnest($2::uuid[]) as customer, unnest($3::uuid[]) as organizer,
           unnest($4::uuid[]) as show_id, unnest($5::uuid[]) as payment_id, unnest($6::text[]) as status,
           unnest($7::text[]) as reason, unnest($8::bigint[]) as total, unnest($9::text[]) as currency,
           unnest($10::json[]) as placed, unnest($11::text[]) as tickets, unnest($12::bigint[]) as created_position,
           unnest($13::bigint[]) as position
) as changed
on conflict (order_id) do update
set customer = excluded.customer,
    organizer = excluded.organizer,
    show_id = excluded.show_id,
    payment_id = excluded.payment_id,
    status = excluded.status,
    reason = excluded.reason,
    total = excluded.total,
    currency = excluded.currency,
    placed = excluded.placed,
    tickets = excluded.tickets,
    created_position = excluded.created_position,
    position = excluded.position;
