-- From now on the other slot is read and followed. Both stand at the same position, so that no reader sees it go back.
update projection_checkpoints
set slot = $2, version = $3, state = 'running', reason = null, updated_at = clock_timestamp()
where name = $1;
