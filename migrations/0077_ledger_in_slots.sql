-- See 0070. The second slot has its indexes made when it has been filled.
create schema ledger_a;
create schema ledger_b;

alter table ledger_entries set schema ledger_a;
create table ledger_b.ledger_entries (like ledger_a.ledger_entries including all excluding indexes, primary key (position, line));

create view ledger_entries as
    select * from ledger_a.ledger_entries
    where (select slot from projection_checkpoints where name = 'ledger') is distinct from 'b'
    union all
    select * from ledger_b.ledger_entries
    where (select slot from projection_checkpoints where name = 'ledger') = 'b';

comment on view ledger_entries is 'For people with psql: what is read of the read model ledger now.';

grant usage on schema ledger_a, ledger_b to stagedoor_reader, stagedoor_writer;
grant select on ledger_b.ledger_entries to stagedoor_reader;
grant select, insert, update, delete on ledger_b.ledger_entries to stagedoor_writer;
grant select on ledger_entries to stagedoor_reader, stagedoor_writer;
