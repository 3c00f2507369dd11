-- Emptying a table at once, and dropping its indexes, is its owner's business. The writer may have it done to the slot
-- that is not read, and to no other. Readers may still be in there: whoever calls waits for them first.
create function empty_spare_slot(model text) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    spare text;
    it    record;
begin
    select model || case slot when 'a' then '_b' else '_a' end into strict spare
    from public.projection_checkpoints
    where name = model;
    for it in select oid::regclass as name from pg_class where relnamespace = spare::regnamespace and relkind = 'r' loop
        execute format('truncate %s', it.name);
    end loop;
    for it in
        select indexrelid::regclass as name
        from pg_index join pg_class on pg_class.oid = indexrelid
        where relnamespace = spare::regnamespace and not indisprimary
    loop
        execute format('drop index %s', it.name);
    end loop;
end
$$;

comment on function empty_spare_slot is 'Empties the slot of a read model that is not read, and drops its indexes.';

revoke execute on function empty_spare_slot from public;
grant execute on function empty_spare_slot to stagedoor_writer;
