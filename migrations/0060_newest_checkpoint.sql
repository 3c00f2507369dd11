-- Where the signed checkpoints have come to. They themselves are kept elsewhere: whoever owns this database could
-- change them here.
create table newest_checkpoint (
    log_id    uuid        not null,
    sequence  bigint      not null check (sequence > 0),
    position  bigint      not null check (position > 0),
    hash      bytea       not null check (octet_length(hash) = 32),
    issued_at timestamptz not null,
    only_row  boolean     primary key default true check (only_row)
);

comment on table  newest_checkpoint is 'The newest signed checkpoint: when the next is due, and that none after it was lost.';
comment on column newest_checkpoint.position is 'The last position it covers.';
comment on column newest_checkpoint.hash is 'SHA-256 of its canonical bytes.';

grant select on newest_checkpoint to stagedoor_reader;
grant select, insert, update on newest_checkpoint to stagedoor_writer;
