-- One batch: its events, and the commands to remember.
with new_commands as (
    insert into commands (command_id, fingerprint, answer, position, recorded_at)
    select command_id, fingerprint, answer::json, position, $9
    from unnest($10::uuid[], $11::bytea[], $12::text[], $13::bigint[])
        as batch (command_id, fingerprint, answer, position)
)
insert into events (position, stream_id, version, event_id, type, data, metadata, hash, recorded_at)
select position, stream_id, version, event_id, type, data::json, metadata::json, hash, $9
from unnest($1::bigint[], $2::text[], $3::bigint[], $4::uuid[], $5::text[], $6::text[], $7::text[], $8::bytea[])
    as batch (position, stream_id, version, event_id, type, data, metadata, hash);
