-- What goes on in the slots that are not read. A run that was killed is taken up from here.
create table projection_shadows (
    name       text        primary key references projection_checkpoints,
    slot       text        not null check (slot in ('a', 'b')),
    purpose    text        not null check (purpose in ('rebuild', 'verify', 'retired')),
    position   bigint      not null check (position >= 0),
    log_id     uuid        not null,
    version    integer     not null,
    run        uuid        not null,
    begun_from bigint      not null,
    begun_at   timestamptz not null,
    updated_at timestamptz not null
) with (fillfactor = 50);

comment on table  projection_shadows is 'Read models that are made anew beside those that are read.';
comment on column projection_shadows.purpose is 'rebuild, verify, or retired: it was read until a moment ago, and is about to be emptied.';
comment on column projection_shadows.position is 'The last event that is in the slot, or does not concern it.';
comment on column projection_shadows.run is 'Who fills it; whoever was overtaken by another run finds another''s id, and ends.';
comment on column projection_shadows.begun_from is 'Where this run took it up, for its rate.';

grant select on projection_shadows to stagedoor_reader;
grant select, insert, update, delete on projection_shadows to stagedoor_writer;
