-- Where the read model that is furthest behind goes on; 0 if one of them has no checkpoint in this log yet.
select coalesce(min(coalesce(checkpoint.position, 0)), 0)
from unnest($1::text[]) as wanted (name)
left join projection_checkpoints checkpoint on checkpoint.name = wanted.name and checkpoint.log_id = $2;
