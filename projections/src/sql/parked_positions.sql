-- The first events that wait behind an entity.
select position
from parked_events
where projection = $1 and slot = $2 and entity = $3
order by position
limit $4;
