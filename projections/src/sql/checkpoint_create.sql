-- A read model's first checkpoint: before the first event.
insert into projection_checkpoints (name, position, log_id, version, state, updated_at)
values ($1, 0, $2, $3, 'running', clock_timestamp())
on conflict (name) do nothing;
