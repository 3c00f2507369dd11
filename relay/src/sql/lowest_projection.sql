-- The read model that is furthest behind, in this log; null where there is none.
select min(position) from projection_checkpoints where log_id = $1;
