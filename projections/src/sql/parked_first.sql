-- Whether any of some entities stands still.
select parked.projection, parked.entity, parked.position, parked.reason
from unnest($1::text[], $2::text[]) as asked (projection, entity)
join projection_checkpoints checkpoint on checkpoint.name = asked.projection
join parked_entities parked using (projection, entity, slot)
limit 1;
