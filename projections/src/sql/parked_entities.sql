-- What stands still in the slot that is read, longest first; one entity if one is named.
select entity
from parked_entities parked
join projection_checkpoints checkpoint on checkpoint.name = parked.projection and checkpoint.slot = parked.slot
where projection = $1 and ($2::text is null or entity = $2)
order by parked.position
limit $3;
