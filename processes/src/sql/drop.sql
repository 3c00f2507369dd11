-- Removes steps that have become pointless, whatever led to them.
delete from process_steps s
using unnest($2::uuid[], $3::text[]) as pointless (target, step)
where s.process = $1 and s.target = pointless.target and s.step = pointless.step;
