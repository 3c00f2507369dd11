-- Some short streams, whole, in the order of the log. Lateral and limited, so that each is read by the unique index on
-- (stream_id, version) whatever the planner thinks of how long streams are.
select e.position, e.stream_id, e.version, e.event_id, e.type, e.data, e.metadata, e.recorded_at, e.hash
from unnest($1::text[]) as wanted (stream_id)
cross join lateral (
    select position, stream_id, version, event_id, type, data::text as data, metadata::text as metadata, recorded_at,
           hash
    from events
    where stream_id = wanted.stream_id and position <= $2
    order by version
    limit $3
) as e
order by e.position;
