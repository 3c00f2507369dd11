-- One batch: its events, and the commands to remember. Arrays are taken apart in the select list: in the from clause each
-- of them would first be written into a table of its own.
with new_commands as (
    insert into commands (command_id, fingerprint, answer, position, recorded_at)
    select command_id, fingerprint, answer::json, position, $9
    from (
        select unnest($10::uuid[]) as command_id, unnest($11::bytea[]) as fingerprint, unnest($12::text[]) as answer,
               unnest($13::bigint[]) as position
    ) as batch
)
insert into events (position, stream_id, version, event_id, type, data, metadata, hash, recorded_at)
select position, stream_id, version, event_id, type, data::json, metadata::json, hash, $9
from (
    select unnest($1::bigint[]) as position, unnest($2::text[]) as stream_id, unnest($3::bigint[]) as version,
           unnest($4::uuid[]) as event_id, unnest($5::text[]) as type, unnest($6::text[]) as data,
           unnest($7::text[]) as metadata, unnest($8::bytea[]) as hash
) as batch;
