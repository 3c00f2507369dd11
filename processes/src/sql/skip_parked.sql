-- Parked steps are given up.
delete from process_steps
where process = $1 and parked is not null and ($2::uuid is null or target = $2);
