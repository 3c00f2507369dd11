-- New and changed shows of a batch.
insert into shows (show_id, organizer, status, version, published, draft, created_position, created_at)
select show_id, organizer, status, version, published, draft, created_position, created_at
from unnest($1::uuid[], $2::uuid[], $3::text[], $4::bigint[], $5::boolean[], $6::json[], $7::bigint[], $8::timestamptz[])
    as changed (show_id, organizer, status, version, published, draft, created_position, created_at)
on conflict (show_id) do update
set organizer = excluded.organizer,
    status = excluded.status,
    version = excluded.version,
    published = excluded.published,
    draft = excluded.draft,
    created_position = excluded.created_position,
    created_at = excluded.created_at;
