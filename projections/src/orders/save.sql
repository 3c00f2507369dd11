-- New and changed orders of a batch. Each order's tickets come as one text, parted by blanks.
insert into orders
    (order_id, customer, organizer, show_id, payment_id, status, reason, total, currency, placed, tickets,
     created_position, position)
select order_id, customer, organizer, show_id, payment_id, status, reason, total, currency, placed::json,
       string_to_array(tickets, ' '), created_position, position
from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::uuid[], $6::text[], $7::text[], $8::bigint[],
            $9::text[], $10::text[], $11::text[], $12::bigint[], $13::bigint[])
    as changed (order_id, customer, organizer, show_id, payment_id, status, reason, total, currency, placed, tickets,
                created_position, position)
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
