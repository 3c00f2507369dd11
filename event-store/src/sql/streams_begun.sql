-- The streams that had begun by a position, a page of them, in the order of their names; served by the unique index on
-- (stream_id, version), in which names are compared by their bytes.
select stream_id
from events
where stream_id > $1 and stream_id < $2 and version = 1 and position <= $3
order by stream_id
limit $4;
