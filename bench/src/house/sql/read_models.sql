-- What the read models count, and how far the slowest is behind the log.
select
    (select count(*) from orders) as orders,
    (select count(*) from payments) as payments,
    (select count(*) from inventory_seats) as seats,
    (select max(position) from events) - (select min(position) from projection_checkpoints) as behind;
