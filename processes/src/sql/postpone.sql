-- Gives a step its next time, or parks it.
update process_steps set due_at = $4, attempts = $5, parked = $6
where process = $1 and target = $2 and step = $3;
