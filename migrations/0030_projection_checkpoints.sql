-- How far every read model has come. Row and read model change in one transaction, fenced by this row.
create table projection_checkpoints (
    name       text        primary key,
    position   bigint      not null check (position >= 0),
    log_id     uuid        not null,
    version    integer     not null,
    state      text        not null check (state in ('running', 'rebuilding', 'stopped')),
    reason     text,
    updated_at timestamptz not null
) with (fillfactor = 50);

comment on table  projection_checkpoints is 'How far every read model has come.';
comment on column projection_checkpoints.position is 'The last event that is in the read model, or does not concern it.';
comment on column projection_checkpoints.log_id is 'The log that position counts in; a checkpoint of another log is refused.';
comment on column projection_checkpoints.version is 'The code''s version of the fold; a newer one rebuilds the read model.';
comment on column projection_checkpoints.state is 'running, rebuilding (not yet where it was), stopped (see reason).';

grant select on projection_checkpoints to stagedoor_reader;
grant select, insert, update, delete on projection_checkpoints to stagedoor_writer;
