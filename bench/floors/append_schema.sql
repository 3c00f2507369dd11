-- A plain event table: no hashes, no keys of requests, and positions from a sequence, which may have gaps.
create table event (
    position    bigserial   primary key,
    stream_id   text        not null,
    version     bigint      not null,
    type        text        not null,
    data        json        not null,
    metadata    json        not null,
    recorded_at timestamptz not null,
    unique (stream_id, version)
);
