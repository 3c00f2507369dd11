-- See 0070. The second slot has its indexes made when it has been filled.
create schema accounts_a;
create schema accounts_b;

alter table accounts set schema accounts_a;
create table accounts_b.accounts (like accounts_a.accounts including all excluding indexes, primary key (account_id));

create view accounts as
    select * from accounts_a.accounts
    where (select slot from projection_checkpoints where name = 'accounts') is distinct from 'b'
    union all
    select * from accounts_b.accounts
    where (select slot from projection_checkpoints where name = 'accounts') = 'b';

comment on view accounts is 'For people with psql: what is read of the read model accounts now.';

alter table account_entries set schema accounts_a;
create table accounts_b.account_entries (like accounts_a.account_entries including all excluding indexes, primary key (account_id, position));

create view account_entries as
    select * from accounts_a.account_entries
    where (select slot from projection_checkpoints where name = 'accounts') is distinct from 'b'
    union all
    select * from accounts_b.account_entries
    where (select slot from projection_checkpoints where name = 'accounts') = 'b';

comment on view account_entries is 'For people with psql: what is read of the read model accounts now.';

grant usage on schema accounts_a, accounts_b to stagedoor_reader, stagedoor_writer;
grant select on accounts_b.accounts, accounts_b.account_entries to stagedoor_reader;
grant select, insert, update, delete on accounts_b.accounts, accounts_b.account_entries to stagedoor_writer;
grant select on accounts, account_entries to stagedoor_reader, stagedoor_writer;
