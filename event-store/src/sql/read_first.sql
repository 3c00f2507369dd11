-- The first event of some streams; served by the unique index over stream and version.
select position, stream_id, version, event_id, type, data::text as data, metadata::text as metadata, recorded_at, hash
from events
where stream_id = any ($1) and version = 1;
