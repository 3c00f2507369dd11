-- The log. Positions are gapless and in commit order: writers hold `log_lock` while they append.
-- `json` rather than `jsonb`: the exact bytes are hashed, and they are cheaper to write.
create table events (
    position    bigint      primary key check (position > 0),
    stream_id   text        not null,
    version     bigint      not null check (version > 0),
    event_id    uuid        not null,
    type        text        not null,
    data        json        not null,
    metadata    json        not null,
    recorded_at timestamptz not null,
    hash        bytea       not null check (octet_length(hash) = 32),
    unique (stream_id, version)
);

comment on table  events is 'Everything that ever happened, in order; never changed.';
comment on column events.position is 'Gapless, from 1, in commit order.';
comment on column events.version is 'Place in its stream, gapless, from 1. The unique index serves reading a stream.';
comment on column events.metadata is 'schema, actor, correlation, causation, command_id, traceparent.';
comment on column events.hash is 'SHA-256 over the previous event''s hash and this event''s canonical bytes.';

grant select on events to stagedoor_reader;
grant select, insert on events to stagedoor_writer;
