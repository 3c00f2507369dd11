-- The log after a position, as it lies there: nothing is converted, so that whoever verifies sees the stored bytes.
select position, stream_id, version, event_id, type, data, metadata, recorded_at, hash
from events
where position > $1
order by position
limit $2;
