-- How every process is doing; $1 is the log's head.
select c.process,
       c.position,
       greatest($1 - c.position, 0) as lag_events,
       (select count(*) from process_steps s where s.process = c.process and s.parked is null) as waiting,
       (select count(*) from process_steps s where s.process = c.process and s.parked is null and s.attempts + s.outages > 0)
           as retrying,
       (select count(*) from process_steps s where s.process = c.process and s.parked is not null) as parked,
       (select min(s.due_at) from process_steps s where s.process = c.process and s.parked is null) as next_due
from process_checkpoints c
order by c.process;
