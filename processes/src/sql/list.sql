-- Every process, how far it has read and what it has still to do.
select c.process, c.position,
    (select count(*) from process_steps s where s.process = c.process and s.parked is null) as waiting,
    (select count(*) from process_steps s where s.process = c.process and s.parked is not null) as parked
from process_checkpoints c
order by c.process;
