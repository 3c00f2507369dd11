-- Entities with an event that can't be applied.
insert into parked_entities (projection, entity, position, reason, parked_at)
select $1, entity, position, reason, clock_timestamp()
from unnest($2::text[], $3::bigint[], $4::text[]) as poisoned (entity, position, reason);
