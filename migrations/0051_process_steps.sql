create table process_steps (
    process  text        not null,
    target   uuid        not null,
    step     text        not null,
    cause    uuid        not null,
    due_at   timestamptz not null,
    attempts integer     not null default 0,
    parked   text,
    primary key (process, target, step)
);

comment on table  process_steps is 'What processes still have to do. Derived from the log, but for attempts and parked.';
comment on column process_steps.target is 'What the step is done to: for the expiry of holds, the order.';
comment on column process_steps.cause is 'The event that led to it.';
comment on column process_steps.parked is 'Why it is not tried again by itself.';

-- The next steps of a process that are due.
create index process_steps_due on process_steps (process, due_at) where parked is null;

-- How many steps of a process are parked.
create index process_steps_parked on process_steps (process) where parked is not null;

grant select on process_steps to stagedoor_reader;
grant select, insert, update, delete on process_steps to stagedoor_writer;
