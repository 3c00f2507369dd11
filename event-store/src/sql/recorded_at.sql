-- When an event was recorded.
select recorded_at
from events
where position = $1;
