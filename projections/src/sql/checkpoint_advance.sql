-- Moves a checkpoint, but only from where its writer believes it to be.
update projection_checkpoints
set position = $6, state = $7, reason = null, updated_at = clock_timestamp()
where name = $1 and position = $2 and log_id = $3 and version = $4 and slot = $5;
