-- Grants keep the writer from changing history; these keep the owner from doing so by accident.
create function refuse_to_change_history() returns trigger
language plpgsql as $$
begin
    raise exception 'the log is append-only: % on % is refused', tg_op, tg_table_name;
end
$$;

-- No trigger on INSERT: it would cost a quarter of the append rate.
create trigger events_are_never_changed before update or delete on events
    for each row execute function refuse_to_change_history();

create trigger events_are_never_truncated before truncate on events
    for each statement execute function refuse_to_change_history();
