alter table process_steps add column progress text;

comment on column process_steps.progress is 'How far a step is that takes many commands, for people.';
