-- Who has followed this log, and how far.
select 'read model ' || name as witness, position from projection_checkpoints where log_id = $1
union all
select 'process ' || process, position from process_checkpoints where log_id = $1;
