-- Tickets as they stand. The primary key serves the look-up by code.
create table order_tickets (
    code     text primary key collate "C",
    order_id uuid not null,
    status   text not null,
    ticket   json not null
);

comment on table  order_tickets is 'Read model: tickets as they stand.';
comment on column order_tickets.ticket is 'What it is for: order, show, customer, section, seat.';

-- The tickets of an order.
create index order_tickets_of_order on order_tickets (order_id);

grant select on order_tickets to stagedoor_reader;
grant select, insert, update, delete on order_tickets to stagedoor_writer;
