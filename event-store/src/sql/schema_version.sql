-- The newest migration that was run.
select coalesce(max(version), 0) from _sqlx_migrations where success;
