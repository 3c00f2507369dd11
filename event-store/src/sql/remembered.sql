-- Commands carried out before, among those of a batch; served by the primary key.
select command_id, fingerprint, answer::text as answer, position
from commands
where command_id = any ($1);
