-- What the slot that is not read is now, and from where this run goes on.
update projection_shadows
set slot = $3, purpose = $4, position = $5, log_id = $6, version = $7, begun_from = $5, begun_at = clock_timestamp(),
    updated_at = clock_timestamp()
where name = $1 and run = $2;
