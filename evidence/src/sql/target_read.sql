-- One checkpoint.
select checkpoint from stagedoor_checkpoints where log_id = $1 and sequence = $2;
