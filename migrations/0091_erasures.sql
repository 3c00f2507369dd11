-- The audit of erasures: rows are only added, and say nothing about the person but the id.
create table erasures (
    user_id    uuid        primary key,
    erased_at  timestamptz not null,
    by_role    text        not null default session_user,
    ground     text        not null check (ground in ('requested', 'unneeded', 'objection', 'unlawful', 'obligation')),
    reference  text        check (reference ~ '^[A-Za-z0-9._-]{1,64}$')
);

comment on table  erasures is 'Who was erased, by whom, when and why';
comment on column erasures.by_role is 'The database role that was used';
comment on column erasures.reference is 'Where the case is filed, such as a ticket''s number';

grant select on erasures to stagedoor_reader;
grant select, insert on erasures to stagedoor_writer;
