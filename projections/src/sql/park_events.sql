-- Events that wait behind their parked entities.
insert into parked_events (projection, slot, entity, position)
select $1, $2, entity, position
from unnest($3::text[], $4::bigint[]) as waiting (entity, position)
on conflict do nothing;
