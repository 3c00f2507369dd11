-- Groups; the roles that log in are made members of them. Roles belong to the whole cluster, and databases are
-- migrated side by side: who comes second finds the role there, which is all that was wanted.
do $$
declare
    wanted text;
begin
    foreach wanted in array array['stagedoor_owner', 'stagedoor_writer', 'stagedoor_reader'] loop
        begin
            execute format('create role %I nologin', wanted);
        exception when duplicate_object or unique_violation then
            null;
        end;
    end loop;
end
$$;
