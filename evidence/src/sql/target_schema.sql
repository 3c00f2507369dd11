-- Checkpoints of a log that lies elsewhere. Whoever issues them needs to select and insert, and nothing else.
create table if not exists stagedoor_checkpoints (
    log_id     uuid        not null,
    sequence   bigint      not null check (sequence > 0),
    checkpoint text        not null,
    kept_at    timestamptz not null default clock_timestamp(),
    primary key (log_id, sequence)
);

comment on table stagedoor_checkpoints is 'Signed checkpoints of Stagedoor''s log; never changed.';

create or replace function refuse_to_change_checkpoints() returns trigger
language plpgsql as $$
begin
    raise exception 'checkpoints are never changed: % on % is refused', tg_op, tg_table_name;
end
$$;

create or replace trigger checkpoints_are_never_changed before update or delete on stagedoor_checkpoints
    for each row execute function refuse_to_change_checkpoints();

create or replace trigger checkpoints_are_never_truncated before truncate on stagedoor_checkpoints
    for each statement execute function refuse_to_change_checkpoints();
