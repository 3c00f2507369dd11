-- The next events of some streams, each after a version, in the order of the log. Lateral and limited, so that each is
-- read by the unique index on (stream_id, version) whatever the planner thinks of how long streams are.
select e.position, e.stream_id, e.version, e.event_id, e.type, e.data, e.metadata, e.recorded_at, e.hash
from unnest($1::text[], $2::bigint[]) as wanted (stream_id, after)
cross join lateral (
    select position, stream_id, version, event_id, type, data::text as data, metadata::text as metadata, recorded_at,
           hash
    from events
    where stream_id = wanted.stream_id and version > wanted.after and position <= $3
    order by version
    limit $4
) as e
order by e.position;
