-- Some short stretches of the log, in order.
select e.position, e.stream_id, e.version, e.event_id, e.type, e.data::text as data, e.metadata::text as metadata,
       e.recorded_at, e.hash
from unnest($1::bigint[], $2::bigint[]) as span (first, last)
join events e on e.position between span.first and span.last
order by e.position
limit $3;
