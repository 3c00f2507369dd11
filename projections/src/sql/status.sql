-- Every projection's checkpoint, how much is parked, and what is made beside it; $1 and its name are that work's lease.
select checkpoint.name, checkpoint.position, checkpoint.state, checkpoint.reason, checkpoint.updated_at,
       checkpoint.version, clock_timestamp() as now,
       (select count(*) from parked_entities parked
        where parked.projection = checkpoint.name and parked.slot = checkpoint.slot) as parked,
       shadow.purpose, shadow.position as shadow_position, shadow.version as shadow_version,
       exists (select from leases
               where leases.name = $1 || checkpoint.name and expires_at > clock_timestamp()) as active,
       ((shadow.position - shadow.begun_from)
           / greatest(extract(epoch from shadow.updated_at - shadow.begun_at), 0.001))::float8 as rate
from projection_checkpoints checkpoint
left join projection_shadows shadow using (name)
order by checkpoint.name;
