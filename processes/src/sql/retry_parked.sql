-- Parked steps are due at once, with a new budget.
update process_steps
set parked = null, attempts = 0, outages = 0, due_at = clock_timestamp()
where process = $1 and parked is not null and ($2::uuid is null or target = $2);
