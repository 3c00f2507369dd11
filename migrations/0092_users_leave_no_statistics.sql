-- ANALYZE copies values that it meets into pg_statistic, where they outlive their rows. Nothing is lost: users are
-- looked up by unique columns. A change of type, even to the same, drops what is there, and so does a new index.
drop index users_email;
alter table users
    alter column email type text,
    alter column name type text,
    alter column password_hash type text;
alter table users
    alter column email set statistics 0,
    alter column name set statistics 0,
    alter column password_hash set statistics 0;
create unique index users_email on users (lower(email));
alter index users_email alter column 1 set statistics 0;
