-- A live session, with what its user may do now. A session that is begun while its user is erased is nobody's.
select users.user_id, users.roles, sessions.expires_at
from sessions
join users using (user_id)
where sessions.token_hash = $1 and sessions.revoked_at is null and sessions.expires_at > $2
    and users.email is not null;
