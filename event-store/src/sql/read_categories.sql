-- What read models need of a stretch of the log, and only of some categories of streams: the word before the dash in a
-- stream's name. Taken as they are: as bytes, json is text.
select position, stream_id, version, type, data, metadata, recorded_at
from events
where position > $1 and position <= $2 and split_part(stream_id, '-', 1) = any ($3)
order by position;
