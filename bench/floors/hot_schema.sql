-- What a box office without events would write: a row per show that counts, and a row each for order, reservation and
-- payment, with the indexes that its queries need.
create table show (
    id       bigint primary key,
    title    text   not null,
    capacity bigint not null,
    reserved bigint not null
);

create table orders (
    id          bigint      primary key,
    show_id     bigint      not null,
    customer_id bigint      not null,
    status      text        not null,
    total       bigint      not null,
    currency    text        not null,
    created_at  timestamptz not null
);
create index orders_of_customer on orders (customer_id, created_at);
create index orders_of_show on orders (show_id, created_at);

create table reservation (
    order_id   bigint      primary key,
    show_id    bigint      not null,
    seats      integer     not null,
    held_until timestamptz not null
);
create index reservations_that_end on reservation (held_until);

create table payment (
    id         bigint      primary key,
    order_id   bigint      not null,
    method     text        not null,
    amount     bigint      not null,
    currency   text        not null,
    status     text        not null,
    created_at timestamptz not null
);
create index payments_of_order on payment (order_id);

insert into show select id, 'Show ' || id, 1000000000, 0 from generate_series(1, 1000) as ids (id);
