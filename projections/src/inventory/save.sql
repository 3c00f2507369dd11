-- New and changed inventories of a batch.
insert into inventory (show_id, capacity, held, sold, sections)
select show_id, capacity, held, sold, sections
from unnest($1::uuid[], $2::bigint[], $3::bigint[], $4::bigint[], $5::json[])
    as changed (show_id, capacity, held, sold, sections)
on conflict (show_id) do update
set capacity = excluded.capacity, held = excluded.held, sold = excluded.sold, sections = excluded.sections;
