-- Back to before the first event of a log.
update projection_checkpoints
set position = 0, log_id = $2, version = $3, state = 'rebuilding', reason = null, updated_at = clock_timestamp()
where name = $1;
