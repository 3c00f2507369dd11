-- How far all of some read models have come; one without a checkpoint has seen nothing.
select coalesce(min(coalesce(checkpoint.position, 0)), 0)
from unnest($1::text[]) as joined (name)
left join projection_checkpoints checkpoint using (name);
