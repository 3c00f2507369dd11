-- Accounts as they stand. The primary key serves the look-up by id.
create table accounts (
    account_id       uuid        primary key,
    customer         uuid        not null,
    currency         text        not null,
    balance          bigint      not null,
    created_position bigint      not null,
    created_at       timestamptz not null
);

comment on table  accounts is 'Read model: what customers have here. Amounts are in minor units.';
comment on column accounts.created_position is 'The event that opened it; lists are ordered by it.';

-- A customer's accounts, newest first; and all, newest first.
create index accounts_of_customer on accounts (customer, created_position);
create index accounts_newest on accounts (created_position);

grant select on accounts to stagedoor_reader;
grant select, insert, update, delete on accounts to stagedoor_writer;
