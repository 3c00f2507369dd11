-- What came into accounts and went out. The primary key serves an account's list, newest first.
create table account_entries (
    account_id uuid        not null,
    position   bigint      not null,
    kind       text        not null,
    amount     bigint      not null,
    balance    bigint      not null,
    payment_id uuid,
    order_id   uuid,
    at         timestamptz not null,
    primary key (account_id, position)
);

comment on table  account_entries is 'Read model: every movement of an account.';
comment on column account_entries.position is 'The event that moved it.';
comment on column account_entries.amount is 'Minor units; what went out is negative.';
comment on column account_entries.balance is 'What there was after it.';

grant select on account_entries to stagedoor_reader;
grant select, insert, update, delete on account_entries to stagedoor_writer;
