-- A user by id, without the password's hash; nobody if they were erased.
select user_id, email, name, roles, created_at, seeded
from users
where user_id = $1 and email is not null;
