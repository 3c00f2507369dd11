-- The steps that are due; served by process_steps_due.
select target, step, cause, due_at, attempts, outages
from process_steps
where process = $1 and due_at <= $2 and parked is null
order by due_at
limit $3;
