-- One index at a time, so that no transaction lasts long.
create function index_spare_slot(model text) returns text
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    live  text;
    spare text;
    it    record;
begin
    select model || '_' || slot, model || case slot when 'a' then '_b' else '_a' end into strict live, spare
    from public.projection_checkpoints
    where name = model;
    select relname as name, pg_get_indexdef(indexrelid) as definition into it
    from pg_index join pg_class on pg_class.oid = indexrelid
    where relnamespace = live::regnamespace and not indisprimary
        and relname not in (select relname from pg_class where relnamespace = spare::regnamespace)
    order by relname
    limit 1;
    if found then
        execute replace(it.definition, format(' ON %I.', live), format(' ON %I.', spare));
    end if;
    return it.name;
end
$$;

comment on function index_spare_slot is
    'Makes one of the indexes that the slot of a read model has that is read, and the other has not; its name, null if
     none is missing.';

revoke execute on function index_spare_slot from public;
grant execute on function index_spare_slot to stagedoor_writer;
