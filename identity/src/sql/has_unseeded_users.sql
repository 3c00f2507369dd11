-- The demonstration seed refuses a database in which somebody else lives.
select exists (select from users where not seeded);
