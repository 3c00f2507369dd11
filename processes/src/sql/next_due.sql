-- When the next step is due that was not due before; served by process_steps_due.
select min(due_at) from process_steps where process = $1 and parked is null and due_at > $2;
