-- No hold ends while it is measured, so that each seat may be reserved once at most.
with seats as (
    select stream_id, seat ->> 'section' as section, seat ->> 'seat' as seat
    from events, lateral json_array_elements(data -> 'seats') as seats (seat)
    where type = 'SeatsReserved'
),
sold as (
    select stream_id, count(*) as seats, count(distinct (section, seat)) as seats_once from seats group by stream_id
),
halls as (
    select 'inventory-' || substr(stream_id, 6) as stream_id,
        (select sum((hall_row ->> 'seats')::bigint)
         from json_array_elements(data -> 'sections') as sections (section),
             lateral json_array_elements(section -> 'rows') as hall_rows (hall_row)) as capacity
    from events
    where type = 'ShowScheduled'
)
select
    (select count(*) from events) as events,
    (select coalesce(min(position), 0) from events) as first,
    (select coalesce(max(position), 0) from events) as last,
    (select count(*) from events where type = 'OrderPlaced') as orders,
    (select coalesce(sum(seats), 0)::bigint from sold) as seats,
    (select coalesce(sum(seats_once), 0)::bigint from sold) as seats_once,
    (select count(*) from sold join halls using (stream_id) where sold.seats > halls.capacity) as oversold_shows;
