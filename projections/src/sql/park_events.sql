-- Events that wait behind their parked entities.
insert into parked_events (projection, entity, position)
select $1, entity, position
from unnest($2::text[], $3::bigint[]) as waiting (entity, position)
on conflict do nothing;
