-- The fence of the slot that is not read: whoever holds this row writes there.
select slot, purpose, position, log_id, version, run
from projection_shadows
where name = $1
for update;
