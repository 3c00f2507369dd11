-- Whether a role is there.
select exists (select from pg_roles where rolname = $1);
