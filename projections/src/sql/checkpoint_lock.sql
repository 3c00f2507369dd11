-- The fence: whoever holds this row writes the read model, everyone else waits or finds it moved.
select position, log_id, version, state, slot
from projection_checkpoints
where name = $1
for update;
