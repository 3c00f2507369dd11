-- A read model's checkpoint as it is now.
select position, log_id, version, state, slot
from projection_checkpoints
where name = $1;
