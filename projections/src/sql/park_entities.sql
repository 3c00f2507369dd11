-- Entities with an event that can't be applied.
insert into parked_entities (projection, slot, entity, position, reason, parked_at)
select $1, $2, entity, position, reason, clock_timestamp()
from unnest($3::text[], $4::bigint[], $5::text[]) as poisoned (entity, position, reason);
