-- The log after a position. Positions are gapless and in commit order, so `position >` is all a reader needs.
select position, stream_id, version, event_id, type, data::text as data, metadata::text as metadata, recorded_at, hash
from events
where position > $1
order by position
limit $2;
