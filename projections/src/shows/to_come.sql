-- How many of an organizer's shows still have doors to open; served by shows_of_organizer.
select count(*) from shows
where organizer = $1 and status in ('on_sale', 'closed') and (draft ->> 'starts_at')::timestamptz > $2;
