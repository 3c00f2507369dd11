-- Payments by status: all, or those of an organizer's shows.
select status, count(*)
from payments
where $1::uuid is null or show_id = any (array(select show_id from shows where organizer = $1))
group by status;
