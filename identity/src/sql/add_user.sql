-- A taken address adds nothing, and neither does the id of a user who was erased; the caller sees it by the count of
-- rows. No complaint that would put the address into the server's log.
insert into users (user_id, email, name, password_hash, roles, created_at, seeded)
values ($1, $2, $3, $4, $5, $6, $7)
on conflict do nothing;
