-- Several streams at once, each after the version its snapshot has; served by the unique index on (stream_id, version).
select e.stream_id, e.version, e.type, e.data::text as data, e.metadata::text as metadata
from unnest($1::text[], $2::bigint[]) as wanted (stream_id, version)
join events e on e.stream_id = wanted.stream_id and e.version > wanted.version
order by e.stream_id, e.version;
