-- Payments as they stand. The primary key serves the payments of a page of orders.
create table payments (
    payment_id       uuid        primary key,
    customer         uuid        not null,
    show_id          uuid        not null,
    status           text        not null,
    reason           text,
    amount           bigint      not null,
    currency         text        not null,
    request          json        not null,
    created_position bigint      not null,
    created_at       timestamptz not null
);

comment on table  payments is 'Read model: payments as they stand.';
comment on column payments.request is 'What is to be paid, by whom and for what.';
comment on column payments.created_position is 'The event that made it; lists go by it, newest first.';

-- All payments, for operators.
create index payments_newest on payments (created_position desc);
-- Payments in one status, for operators; the statistics.
create index payments_in_status on payments (status, created_position desc);
-- A customer's own payments.
create index payments_of_customer on payments (customer, created_position desc);
-- The payments of an organizer's shows; an organizer's statistics.
create index payments_of_show on payments (show_id, created_position desc);

grant select on payments to stagedoor_reader;
grant select, insert, update, delete on payments to stagedoor_writer;
