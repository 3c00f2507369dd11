-- The shows of a batch.
select show_id, organizer, status, version, published, draft, created_position, created_at
from shows
where show_id = any ($1);
