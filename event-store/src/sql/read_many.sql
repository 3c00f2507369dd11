-- Some events by their positions, in order.
select position, stream_id, version, event_id, type, data::text as data, metadata::text as metadata, recorded_at, hash
from events
where position = any ($1)
order by position;
