-- A session is known by the hash of its token, so that a copy of this table signs nobody in.
create table sessions (
    token_hash bytea primary key check (length(token_hash) = 32),
    user_id uuid not null references users on delete cascade,
    created_at timestamptz not null,
    expires_at timestamptz not null,
    revoked_at timestamptz
);

-- Sign-in removes a user's expired and surplus sessions.
create index sessions_user on sessions (user_id, created_at);

comment on table sessions is 'Who is signed in, and until when';
comment on column sessions.token_hash is 'SHA-256 of the token';
comment on column sessions.revoked_at is 'Signed out; null while the session lives';

grant select on sessions to stagedoor_reader;
grant select, insert, update, delete on sessions to stagedoor_writer;
