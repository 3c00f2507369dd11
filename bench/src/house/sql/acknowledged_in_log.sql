-- How many of the orders that callers were told of are in the log, each counted once.
select count(distinct acknowledged.order_id)
from unnest($1::uuid[]) as acknowledged (order_id)
join events on events.stream_id = 'order-' || acknowledged.order_id and events.version = 1;
