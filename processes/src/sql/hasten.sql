-- Steps that are now due at once, if they still wait.
update process_steps s
set due_at = least(s.due_at, hastened.at)
from unnest($2::uuid[], $3::text[], $4::timestamptz[]) as hastened (target, step, at)
where s.process = $1 and s.target = hastened.target and s.step = hastened.step;
