create table log_identity (
    log_id     uuid        not null,
    created_at timestamptz not null default clock_timestamp(),
    only_row   boolean     primary key default true check (only_row)
);

comment on table  log_identity is 'Which log this is. Renewed by restore and import, so that no stream, checkpoint or export of another passes for this one''s.';

insert into log_identity (log_id) values (gen_random_uuid());

grant select on log_identity to stagedoor_reader, stagedoor_writer;
