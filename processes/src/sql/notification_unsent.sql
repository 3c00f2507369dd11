-- Why it was not sent.
update notifications set last_error = $2 where notification_id = $1 and sent_at is null;
