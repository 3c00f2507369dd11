-- Steps that take many commands and are not parked. Looks through all that wait, for people.
select process, target, step, progress
from process_steps
where progress is not null and parked is null
order by process, target, step
limit 1000;
