create table process_checkpoints (
    process  text   primary key,
    position bigint not null,
    log_id   uuid   not null,
    token    bigint not null
);

comment on table  process_checkpoints is 'How far each process has read the log; written together with the steps that followed.';
comment on column process_checkpoints.log_id is 'The log it was reading; a checkpoint of another log is not used.';
comment on column process_checkpoints.token is 'The lease under which it was written: a worker whose lease has passed on is refused.';

grant select on process_checkpoints to stagedoor_reader;
grant select, insert, update, delete on process_checkpoints to stagedoor_writer;
