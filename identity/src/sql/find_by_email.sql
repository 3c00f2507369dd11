-- Who signs in.
select user_id, email, name, password_hash, roles, created_at, seeded
from users
where lower(email) = $1;
