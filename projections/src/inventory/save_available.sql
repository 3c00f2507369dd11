-- Seats of a batch that are available again.
delete from inventory_seats seat
using unnest($1::uuid[], $2::text[], $3::text[], $4::integer[]) as available (show_id, section, row_code, number)
where (seat.show_id, seat.section, seat.row_code, seat.number)
    = (available.show_id, available.section, available.row_code, available.number);
