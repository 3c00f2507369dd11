-- Another id for the same events.
update log_identity set log_id = gen_random_uuid(), created_at = clock_timestamp() returning log_id;
