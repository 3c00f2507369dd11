-- Every projection's checkpoint, and the events that wait behind entities that stand still.
select name, position, log_id, state, reason, coalesce(parked.count, 0) as parked, parked.first, parked.last
from projection_checkpoints
left join (
    select projection, count(*) as count, min(position) as first, max(position) as last
    from parked_events
    group by projection
) as parked on parked.projection = name
order by name;
