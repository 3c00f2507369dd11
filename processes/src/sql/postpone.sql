-- Gives steps their next time, or parks them; not one that another event has led to meanwhile.
update process_steps s
set due_at = later.due_at, attempts = later.attempts, outages = later.outages,
    parked = later.parked, progress = coalesce(later.progress, s.progress)
from unnest($2::uuid[], $3::text[], $4::uuid[], $5::timestamptz[], $6::integer[], $7::integer[],
            $8::text[], $9::text[]) as later (target, step, cause, due_at, attempts, outages, parked, progress)
where s.process = $1 and s.target = later.target and s.step = later.step and s.cause = later.cause;
