-- A taken address adds nothing; the caller sees it by the count of rows.
insert into users (user_id, email, name, password_hash, roles, created_at, seeded)
values ($1, $2, $3, $4, $5, $6, $7)
on conflict ((lower(email))) do nothing;
