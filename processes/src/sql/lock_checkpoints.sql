-- Until the transaction ends, no process reads on.
select from process_checkpoints order by process for update;
