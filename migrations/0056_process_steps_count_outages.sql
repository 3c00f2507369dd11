alter table process_steps add column outages integer not null default 0;

comment on column process_steps.attempts is 'How often it failed.';
comment on column process_steps.outages is 'How often it was tried in vain because somebody else''s service was away.';
