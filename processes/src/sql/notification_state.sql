-- Whether it was sent, and whether that was tried.
select sent_at is not null as sent, last_error is not null as tried
from notifications
where notification_id = $1;
