-- The process that is furthest behind, in this log; null where there is none.
select min(position) from process_checkpoints where log_id = $1;
