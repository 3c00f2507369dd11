-- The snapshots there are of some streams; served by the primary key.
select stream_id, version, schema, state::text as state
from snapshots
where stream_id = any ($1);
