-- Every role may see which migrations were run, so that a program can refuse a schema it does not know.
grant select on _sqlx_migrations to stagedoor_reader, stagedoor_writer;
