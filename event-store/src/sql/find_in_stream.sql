-- An event by its own name, where its stream is known: names have no index.
select position, stream_id, version, event_id, type, data::text as data, metadata::text as metadata, recorded_at, hash
from events
where stream_id = $1 and event_id = $2;
