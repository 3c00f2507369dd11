create table snapshots (
    stream_id text     primary key,
    version   bigint   not null,
    schema    smallint not null,
    state     json     not null
);

comment on table  snapshots is 'States of long streams. Derived: may be deleted at any time.';
comment on column snapshots.schema is 'The shape of state; one of another shape is ignored.';

grant select, insert, update, delete on snapshots to stagedoor_writer;
