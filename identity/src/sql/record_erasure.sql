insert into erasures (user_id, erased_at, ground, reference)
values ($1, $2, $3, $4)
returning user_id, erased_at, by_role, ground, reference;
