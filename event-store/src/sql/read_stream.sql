-- A stream after a version; served by the unique index on (stream_id, version).
select position, stream_id, version, event_id, type, data::text as data, metadata::text as metadata, recorded_at, hash
from events
where stream_id = $1 and version > $2
order by version
limit $3;
