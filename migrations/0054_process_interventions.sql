create table process_interventions (
    at      timestamptz not null default clock_timestamp(),
    by_role text        not null,
    action  text        not null,
    process text        not null,
    target  uuid        not null,
    step    text        not null,
    cause   uuid        not null,
    reason  text        not null,
    why     text        not null
);

comment on table  process_interventions is 'What operators did about parked steps; never changed. Steps of one process are few, so nothing is indexed.';
comment on column process_interventions.by_role is 'The database role that they used.';
comment on column process_interventions.reason is 'Why the step was parked.';
comment on column process_interventions.why is 'What the operator said.';

grant select on process_interventions to stagedoor_reader;
grant select, insert on process_interventions to stagedoor_writer;
