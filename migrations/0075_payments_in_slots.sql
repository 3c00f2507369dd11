-- See 0070. The second slot has its indexes made when it has been filled.
create schema payments_a;
create schema payments_b;

alter table payments set schema payments_a;
create table payments_b.payments (like payments_a.payments including all excluding indexes, primary key (payment_id));

create view payments as
    select * from payments_a.payments
    where (select slot from projection_checkpoints where name = 'payments') is distinct from 'b'
    union all
    select * from payments_b.payments
    where (select slot from projection_checkpoints where name = 'payments') = 'b';

comment on view payments is 'For people with psql: what is read of the read model payments now.';

grant usage on schema payments_a, payments_b to stagedoor_reader, stagedoor_writer;
grant select on payments_b.payments to stagedoor_reader;
grant select, insert, update, delete on payments_b.payments to stagedoor_writer;
grant select on payments to stagedoor_reader, stagedoor_writer;
