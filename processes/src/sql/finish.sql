-- Removes steps that are done; not one that another event has led to meanwhile.
delete from process_steps s
using unnest($2::uuid[], $3::text[], $4::uuid[]) as done (target, step, cause)
where s.process = $1 and s.target = done.target and s.step = done.step and s.cause = done.cause;
