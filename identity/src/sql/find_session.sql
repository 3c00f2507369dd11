-- A live session, with what its user may do now.
select users.user_id, users.roles, sessions.expires_at
from sessions
join users using (user_id)
where sessions.token_hash = $1 and sessions.revoked_at is null and sessions.expires_at > $2;
