-- Some short streams, whole, in the order of the log; served by the unique index on (stream_id, version).
select e.position, e.stream_id, e.version, e.event_id, e.type, e.data::text as data, e.metadata::text as metadata,
       e.recorded_at, e.hash
from unnest($1::text[]) as wanted (stream_id)
join events e on e.stream_id = wanted.stream_id
where e.position <= $2
order by e.position
limit $3;
