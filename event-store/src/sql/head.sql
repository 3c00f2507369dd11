-- Which log this is and how far it goes; one row even when the log is empty.
select log_id, coalesce(position, 0) as position, hash
from log_identity
left join log_head on true;
