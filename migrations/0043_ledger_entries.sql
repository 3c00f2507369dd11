-- Money that moved, in double entry: what belongs to one position sums to zero. The primary key serves the entries of
-- a position and keeps each from being written twice.
create table ledger_entries (
    position bigint not null,
    line     int    not null,
    subject  text   not null,
    account  text   not null,
    currency text   not null,
    amount   bigint not null,
    primary key (position, line)
);

comment on table  ledger_entries is 'Read model: the ledger. Debits are positive, credits negative, in minor units.';
comment on column ledger_entries.position is 'The event that moved the money.';
comment on column ledger_entries.subject is 'The stream of that event: whose money it was.';
comment on column ledger_entries.account is 'clearing:<method>, customer:<account id>, revenue, tax or refunds.';

-- What an audit compares with a provider's own books: the entries of one payment.
create index ledger_entries_of_subject on ledger_entries (subject, position);

grant select on ledger_entries to stagedoor_reader;
grant select, insert, update, delete on ledger_entries to stagedoor_writer;
