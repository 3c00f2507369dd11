-- What a user was told, newest first, a page at a time; served by notifications_of.
select notification_id, order_id, kind, subject, body_text, created_at, sent_at, last_error, position
from notifications
where user_id = $1 and ($2::bigint is null or position < $2)
order by position desc
limit $3;
