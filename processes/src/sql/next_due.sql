-- When the next step is due; served by process_steps_due.
select min(due_at) from process_steps where process = $1 and parked is null;
