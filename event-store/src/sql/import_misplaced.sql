-- The first event that is not the next one of its stream.
select position
from (
    select position, version,
           lag(version, 1, 0::bigint) over stream as version_before,
           lag(position, 1, 0::bigint) over stream as position_before
    from events
    window stream as (partition by stream_id order by version)
) as placed
where version <> version_before + 1 or position < position_before
order by position
limit 1;
