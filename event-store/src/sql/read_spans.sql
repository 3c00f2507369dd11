-- Some short stretches of the log, in order; lateral and limited, so that each is read by the primary key.
select e.position, e.stream_id, e.version, e.event_id, e.type, e.data, e.metadata, e.recorded_at, e.hash
from unnest($1::bigint[], $2::bigint[]) as span (first, last)
cross join lateral (
    select position, stream_id, version, event_id, type, data::text as data, metadata::text as metadata, recorded_at,
           hash
    from events
    where position between span.first and span.last
    order by position
    limit $3
) as e
order by e.position;
