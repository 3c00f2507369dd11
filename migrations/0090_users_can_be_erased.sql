-- An erased user keeps the id that log and read models know, and nothing else.
alter table users
    alter column email drop not null,
    alter column password_hash drop not null,
    add constraint users_whole_or_erased
        check (num_nulls(email, password_hash) = 0 or num_nulls(email, password_hash) = 2 and name = '[erased]');

comment on column users.email is 'Normalised: trimmed, lower case; null once the user was erased';
comment on column users.name is '[erased] once the user was';
comment on column users.password_hash is 'argon2id, as a PHC string; null once the user was erased';
