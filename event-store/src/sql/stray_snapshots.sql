-- States of streams that never came that far.
select count(*)
from snapshots s
where not exists (select from events e where e.stream_id = s.stream_id and e.version = s.version);
