-- How many steps are parked; served by process_steps_parked.
select count(*) from process_steps where process = $1 and parked is not null;
