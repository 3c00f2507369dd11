-- Steps that are now due at once, if they still wait: for the event that hastens them, so that how a try ends that is
-- being made meanwhile does not put them off again.
update process_steps s
set due_at = least(s.due_at, hastened.at), cause = hastened.cause
from unnest($2::uuid[], $3::text[], $4::uuid[], $5::timestamptz[]) as hastened (target, step, cause, at)
where s.process = $1 and s.target = hastened.target and s.step = hastened.step;
