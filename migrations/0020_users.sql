-- People who sign in. Personal data lives here and nowhere else: the log names users by id.
create table users (
    user_id uuid primary key,
    email text not null check (length(email) <= 254),
    name text not null check (length(name) between 1 and 200),
    password_hash text not null,
    roles text[] not null check (roles <@ array['customer', 'organizer', 'operator', 'admin']),
    created_at timestamptz not null,
    seeded boolean not null default false
);

-- Sign-in looks people up by e-mail address, and no two may share one.
create unique index users_email on users (lower(email));

comment on table users is 'People who sign in';
comment on column users.email is 'Normalised: trimmed, lower case';
comment on column users.password_hash is 'argon2id, as a PHC string';
comment on column users.roles is 'A set; admin includes all others';
comment on column users.seeded is 'Made by the demonstration seed, with a public password';

grant select on users to stagedoor_reader;
grant select, insert, update, delete on users to stagedoor_writer;
