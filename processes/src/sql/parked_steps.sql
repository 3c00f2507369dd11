-- Steps that are not tried again by themselves; served by process_steps_parked.
select process, target, step, cause, attempts + outages as attempts, parked as reason
from process_steps
where parked is not null and ($1::text is null or process = $1)
order by process, target, step
limit 1000;
