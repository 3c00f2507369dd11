-- All that is held of a user but the password's hash; of one who was erased, what is left.
select user_id, email, name, roles, created_at, seeded from users where user_id = $1;
