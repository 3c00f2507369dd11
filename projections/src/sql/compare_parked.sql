-- What stands still in one of both slots only, or at another event.
select array[entity] as key, to_jsonb(live) as live, to_jsonb(made) as made
from (select entity, position from parked_entities where projection = $1 and slot = $2) live
full join (select entity, position from parked_entities where projection = $1 and slot = $3) made using (entity)
where not coalesce(live *= made, false)
order by entity
limit $4;
