-- Every process' checkpoint, and how many of its steps are parked.
select process, position, log_id,
       (select count(*) from process_steps s where s.process = c.process and s.parked is not null) as parked
from process_checkpoints c
order by process;
