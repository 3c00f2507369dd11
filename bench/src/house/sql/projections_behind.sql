-- How far the slowest of so many read models is behind the log.
select (select coalesce(max(position), 0) from events)
    - case when count(*) < $1 then 0 else min(position) end
from projection_checkpoints;
