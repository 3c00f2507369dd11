-- Seats of a batch that are now held or sold.
insert into inventory_seats (show_id, section, row_code, number, status, order_id)
select show_id, section, row_code, number, status, order_id
from (
    select unnest($1::uuid[]) as show_id, unnest($2::text[]) as section, unnest($3::text[]) as row_code,
           unnest($4::integer[]) as number, unnest($5::text[]) as status, unnest($6::uuid[]) as order_id
) as taken
on conflict (show_id, section, row_code, number) do update
set status = excluded.status, order_id = excluded.order_id;
