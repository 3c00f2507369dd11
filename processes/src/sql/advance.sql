-- Moves a checkpoint on; the fence: not for a worker whose lease has passed on, nor from elsewhere than where it is.
update process_checkpoints set position = $4
where process = $1 and token = $2 and position = $3;
