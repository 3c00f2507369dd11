-- Orders as they stand.
create table orders (
    order_id         uuid   primary key,
    customer         uuid   not null,
    organizer        uuid   not null,
    show_id          uuid   not null,
    payment_id       uuid   not null,
    status           text   not null,
    reason           text,
    total            bigint not null,
    currency         text   not null,
    placed           json   not null,
    tickets          text[] not null,
    created_position bigint not null,
    position         bigint not null
);

comment on table  orders is 'Read model: orders as they stand.';
comment on column orders.placed is 'Everything that was settled when it was placed.';
comment on column orders.tickets is 'The tickets'' codes, one for each line.';
comment on column orders.created_position is 'The event that made it; lists go by it, newest first.';
comment on column orders.position is 'The last event of the order.';

-- All orders, for operators.
create index orders_newest on orders (created_position desc);
-- Orders in one status, for operators; the statistics.
create index orders_in_status on orders (status, created_position desc);
-- A customer's own orders.
create index orders_of_customer on orders (customer, created_position desc);
-- The orders of an organizer's shows; an organizer's statistics.
create index orders_of_organizer on orders (organizer, created_position desc);
-- One show's orders.
create index orders_of_show on orders (show_id, created_position desc);

grant select on orders to stagedoor_reader;
grant select, insert, update, delete on orders to stagedoor_writer;
