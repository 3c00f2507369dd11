-- Keeps the newest snapshot of a stream; not of events that a failover lost after the snapshot was taken.
insert into snapshots (stream_id, version, schema, state)
select $1, $2, $3, $4::json
where exists (select from events where stream_id = $1 and version = $2)
on conflict (stream_id) do update
set version = excluded.version, schema = excluded.schema, state = excluded.state
where snapshots.version < excluded.version or snapshots.schema <> excluded.schema;
