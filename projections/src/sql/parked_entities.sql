-- What stands still, longest first; one entity if one is named.
select entity
from parked_entities
where projection = $1 and ($2::text is null or entity = $2)
order by position
limit $3;
