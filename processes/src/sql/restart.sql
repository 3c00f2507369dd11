-- Begins at the beginning of a log; not for a worker whose lease has passed on.
insert into process_checkpoints (process, position, log_id, token)
values ($1, 0, $2, $3)
on conflict (process) do update
set position = 0, log_id = excluded.log_id, token = excluded.token
where process_checkpoints.token <= excluded.token;
