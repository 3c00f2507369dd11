-- The audit of roles: rows are only added. No foreign keys, so that it outlives the people in it.
create table role_changes (
    change_id bigint generated always as identity primary key,
    changed_by uuid not null,
    user_id uuid not null,
    roles_before text[] not null,
    roles_after text[] not null,
    changed_at timestamptz not null
);

comment on table role_changes is 'Who changed whose roles, from what to what';

grant select on role_changes to stagedoor_reader;
grant select, insert on role_changes to stagedoor_writer;
