-- Seats of a batch that are now held or sold.
insert into inventory_seats (show_id, section, row_code, number, status, order_id)
select show_id, section, row_code, number, status, order_id
from unnest($1::uuid[], $2::text[], $3::text[], $4::integer[], $5::text[], $6::uuid[])
    as taken (show_id, section, row_code, number, status, order_id)
on conflict (show_id, section, row_code, number) do update
set status = excluded.status, order_id = excluded.order_id;
