-- Processes that have read another log, or beyond the end of this one, begin at its first event.
with refused as (
    update process_checkpoints
    set position = 0, log_id = $1
    where log_id <> $1 or position > $2
    returning process
)
delete from process_steps using refused where process_steps.process = refused.process;
