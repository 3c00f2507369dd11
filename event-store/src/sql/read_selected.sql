-- What is asked for of a stretch of the log; null asks for nothing in particular.
select position, stream_id, version, event_id, type, data::text as data, metadata::text as metadata, recorded_at, hash
from events
where position > $1 and position <= $2
    and ($3::text is null or type = $3)
    and ($4::text is null or metadata ->> 'correlation' = $4)
order by position;
