-- Before anything is read there the planner has to know what lies there.
create function analyze_spare_slot(model text) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    spare text;
    it    record;
begin
    select model || case slot when 'a' then '_b' else '_a' end into strict spare
    from public.projection_checkpoints
    where name = model;
    for it in select oid::regclass as name from pg_class where relnamespace = spare::regnamespace and relkind = 'r' loop
        execute format('analyze %s', it.name);
    end loop;
end
$$;

comment on function analyze_spare_slot is 'Collects the planner''s statistics of the slot of a read model that is not read.';

revoke execute on function analyze_spare_slot from public;
grant execute on function analyze_spare_slot to stagedoor_writer;
