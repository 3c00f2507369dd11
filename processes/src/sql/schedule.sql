-- Notes steps. One that is known from the same event keeps its attempts; another event begins it anew.
insert into process_steps (process, target, step, cause, due_at)
select $1, target, step, cause, due_at
from unnest($2::uuid[], $3::text[], $4::uuid[], $5::timestamptz[]) as batch (target, step, cause, due_at)
on conflict (process, target, step) do update
set cause = excluded.cause, due_at = excluded.due_at, attempts = 0, outages = 0, parked = null, progress = null
where process_steps.cause <> excluded.cause;
