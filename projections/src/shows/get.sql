-- A show, unless it is a draft that is not the viewer's business.
select show_id, organizer, status, version, published, draft, created_position, created_at
from shows
where show_id = $1 and (published or organizer = $2 or $3);
