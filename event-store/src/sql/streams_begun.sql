-- The streams of some categories that begin in a stretch of the log, in that order.
select stream_id
from events
where position > $1 and position <= $2 and version = 1 and split_part(stream_id, '-', 1) = any ($3)
order by position;
