-- The first of the entities that stand still in one slot, and have come further in the other; and how many there are.
select entity, reason, count(*) over () as entities
from parked_entities made
where projection = $1 and slot = $2
  and not exists (
      select from parked_entities other
      where other.projection = $1 and other.slot = $3 and other.entity = made.entity
        and other.position <= made.position
  )
order by position, entity
limit 1;
