-- Notes steps; one that is known already keeps its attempts.
insert into process_steps (process, target, step, cause, due_at)
select $1, target, step, cause, due_at
from unnest($2::uuid[], $3::text[], $4::uuid[], $5::timestamptz[]) as batch (target, step, cause, due_at)
on conflict (process, target, step) do nothing;
