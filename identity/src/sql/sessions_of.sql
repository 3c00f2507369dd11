-- A user's sessions, oldest first; there are at most a hundred. Not what they are known by.
select created_at, expires_at, revoked_at from sessions where user_id = $1 order by created_at, token_hash;
