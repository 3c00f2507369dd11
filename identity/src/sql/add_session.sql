-- A new session; the user's expired ones, and the oldest beyond the limit, go in the same statement. None for a user who
-- is erased meanwhile: the lock waits for that, and then sees it.
with owner as materialized (
    select user_id from users where user_id = $2 and email is not null for key share
), surplus as (
    select token_hash
    from sessions
    where user_id = $2
    order by created_at desc
    offset $5 - 1
), gone as (
    delete from sessions
    where user_id = $2 and (expires_at <= $3 or token_hash in (select token_hash from surplus))
)
insert into sessions (token_hash, user_id, created_at, expires_at)
select $1, user_id, $3, $4 from owner;
