-- What a customer is told, and what is known of it; what was written first stands. Nothing is kept for who was erased:
-- the lock waits for an erasure that is under way. Not waited for until it is on disk: the step that led to it is given
-- up later, and durably, which brings this to disk too.
with customer as materialized (
    select email is null as erased from users where user_id = $2 for key share
), kept as (
    insert into notifications (notification_id, user_id, order_id, kind, position, subject, body_text, created_at)
    select $1, $2, $3, $4, $5, $6, $7, $8
    where set_config('synchronous_commit', 'off', true) is not null
        and not exists (select from customer where erased)
    on conflict do nothing
    returning notification_id
)
select false as sent, false as tried from kept
union all
select sent_at is not null, last_error is not null from notifications where notification_id = $1;
