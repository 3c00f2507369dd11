-- The seats of some rows that are not available.
select seat.section, seat.row_code, seat.number, seat.status
from unnest($2::text[], $3::text[]) as wanted (section, row_code)
join inventory_seats seat
    on seat.show_id = $1 and seat.section = wanted.section and seat.row_code = wanted.row_code;
