-- The newest checkpoint of a log; served by the primary key.
select coalesce(max(sequence), 0) from stagedoor_checkpoints where log_id = $1;
