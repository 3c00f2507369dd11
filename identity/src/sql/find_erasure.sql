select user_id, erased_at, by_role, ground, reference from erasures where user_id = $1;
