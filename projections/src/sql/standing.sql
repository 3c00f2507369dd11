-- Every projection's checkpoint, and the events that wait behind entities that stand still in the slot that is read.
select name, position, log_id, state, reason, coalesce(parked.count, 0) as parked, parked.first, parked.last
from projection_checkpoints checkpoint
left join (
    select projection, slot, count(*) as count, min(position) as first, max(position) as last
    from parked_events
    group by projection, slot
) as parked on parked.projection = checkpoint.name and parked.slot = checkpoint.slot
order by name;
