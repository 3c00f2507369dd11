-- Every projection's checkpoint and how much is parked.
select name, position, state, reason, updated_at, clock_timestamp() as now,
       (select count(*) from parked_entities where projection = name) as parked
from projection_checkpoints
order by name;
