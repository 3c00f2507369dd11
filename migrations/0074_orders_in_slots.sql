-- See 0070. The second slot has its indexes made when it has been filled.
create schema orders_a;
create schema orders_b;

alter table orders set schema orders_a;
create table orders_b.orders (like orders_a.orders including all excluding indexes, primary key (order_id));

create view orders as
    select * from orders_a.orders
    where (select slot from projection_checkpoints where name = 'orders') is distinct from 'b'
    union all
    select * from orders_b.orders
    where (select slot from projection_checkpoints where name = 'orders') = 'b';

comment on view orders is 'For people with psql: what is read of the read model orders now.';

alter table order_tickets set schema orders_a;
create table orders_b.order_tickets (like orders_a.order_tickets including all excluding indexes, primary key (code));

create view order_tickets as
    select * from orders_a.order_tickets
    where (select slot from projection_checkpoints where name = 'orders') is distinct from 'b'
    union all
    select * from orders_b.order_tickets
    where (select slot from projection_checkpoints where name = 'orders') = 'b';

comment on view order_tickets is 'For people with psql: what is read of the read model orders now.';

grant usage on schema orders_a, orders_b to stagedoor_reader, stagedoor_writer;
grant select on orders_b.orders, orders_b.order_tickets to stagedoor_reader;
grant select, insert, update, delete on orders_b.orders, orders_b.order_tickets to stagedoor_writer;
grant select on orders, order_tickets to stagedoor_reader, stagedoor_writer;
