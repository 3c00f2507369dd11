-- A stretch of the log, only what belongs to some categories: the word before the dash in a stream's name.
select position, stream_id, version, event_id, type, data::text as data, metadata::text as metadata, recorded_at, hash
from events
where position > $1 and position <= $2 and split_part(stream_id, '-', 1) = any ($3)
order by position;
