-- Of some events the first whose predecessor in its stream does not lie before it; served by the unique index on
-- (stream_id, version).
select wanted.position
from unnest($1::text[], $2::bigint[], $3::bigint[]) as wanted (stream_id, version, position)
where not exists (
    select
    from events e
    where e.stream_id = wanted.stream_id and e.version = wanted.version - 1 and e.position < wanted.position
)
order by wanted.position
limit 1;
