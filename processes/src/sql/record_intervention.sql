-- What an operator does about parked steps, step by step.
insert into process_interventions (process, target, step, cause, action, reason, why, by_role)
select process, target, step, cause, $3, parked, $4, session_user
from process_steps
where process = $1 and parked is not null and ($2::uuid is null or target = $2);
