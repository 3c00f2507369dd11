-- Keeps the newest snapshot of a stream.
insert into snapshots (stream_id, version, schema, state)
values ($1, $2, $3, $4::json)
on conflict (stream_id) do update
set version = excluded.version, schema = excluded.schema, state = excluded.state
where snapshots.version < excluded.version or snapshots.schema <> excluded.schema;
