create table commands (
    command_id  uuid        primary key,
    fingerprint bytea       not null check (octet_length(fingerprint) = 32),
    answer      json        not null,
    position    bigint      not null,
    recorded_at timestamptz not null
);

comment on table  commands is 'Commands that succeeded, so that a repeated one gets the same answer; written with their events.';
comment on column commands.command_id is 'Derived from caller and idempotency key, or from the event a process reacts to. The primary key serves the look-up under the lock.';
comment on column commands.fingerprint is 'SHA-256 of the request: method, path, body.';
comment on column commands.position is 'Position of the last event, or the head it was decided at.';

grant select on commands to stagedoor_reader;
grant select, insert on commands to stagedoor_writer;
