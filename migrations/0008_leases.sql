create table leases (
    name       text        primary key,
    holder     uuid        not null,
    token      bigint      not null,
    expires_at timestamptz not null
);

comment on table  leases is 'Who does what only one process at a time should do. Kept by the server''s clock.';
comment on column leases.token is 'Grows with every change of holder: work that carries an older token is refused.';

grant select on leases to stagedoor_reader;
grant select, insert, update, delete on leases to stagedoor_writer;
