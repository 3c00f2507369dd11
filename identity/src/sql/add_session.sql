-- A new session; the user's expired ones, and the oldest beyond the limit, go in the same statement.
with surplus as (
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
values ($1, $2, $3, $4);
