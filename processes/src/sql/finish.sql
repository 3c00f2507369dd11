-- Removes steps that are done or have become pointless.
delete from process_steps s
using unnest($2::uuid[], $3::text[]) as done (target, step)
where s.process = $1 and s.target = done.target and s.step = done.step;
