-- Keeps a checkpoint, unless there is one.
insert into stagedoor_checkpoints (log_id, sequence, checkpoint) values ($1, $2, $3) on conflict do nothing;
