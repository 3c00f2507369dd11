-- By what the events of a stretch are recognised elsewhere.
select position, event_id, hash
from events
where position > $1 and position <= $2
order by position;
