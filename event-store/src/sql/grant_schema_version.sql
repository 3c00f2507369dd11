-- Every role may see which migrations were run, so that a program can refuse a schema it does not know. Granted once,
-- under a lock: two processes that grant at the same time get in each other's way.
do $$
begin
    perform pg_advisory_xact_lock(hashtext('stagedoor grants'));
    if not has_table_privilege('stagedoor_reader', '_sqlx_migrations', 'select')
        or not has_table_privilege('stagedoor_writer', '_sqlx_migrations', 'select')
    then
        grant select on _sqlx_migrations to stagedoor_reader, stagedoor_writer;
    end if;
end
$$;
