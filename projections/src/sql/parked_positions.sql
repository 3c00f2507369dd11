-- The first events that wait behind an entity.
select position
from parked_events
where projection = $1 and entity = $2
order by position
limit $3;
