-- Which server this is, and which of its databases: a server keeps its identifier for life.
select system_identifier, current_database()::text as database from pg_control_system();
