-- A mail server took it.
update notifications set sent_at = $2, last_error = null where notification_id = $1 and sent_at is null;
