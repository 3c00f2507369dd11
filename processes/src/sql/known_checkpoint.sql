-- A checkpoint and under which lease it was last written; locked until the transaction ends.
select position, log_id, token from process_checkpoints where process = $1 for update;
