-- See 0070. The second slot has its indexes made when it has been filled.
create schema inventory_a;
create schema inventory_b;

alter table inventory set schema inventory_a;
create table inventory_b.inventory (like inventory_a.inventory including all excluding indexes, primary key (show_id));

create view inventory as
    select * from inventory_a.inventory
    where (select slot from projection_checkpoints where name = 'inventory') is distinct from 'b'
    union all
    select * from inventory_b.inventory
    where (select slot from projection_checkpoints where name = 'inventory') = 'b';

comment on view inventory is 'For people with psql: what is read of the read model inventory now.';

alter table inventory_seats set schema inventory_a;
create table inventory_b.inventory_seats (like inventory_a.inventory_seats including all excluding indexes, primary key (show_id, section, row_code, number));

create view inventory_seats as
    select * from inventory_a.inventory_seats
    where (select slot from projection_checkpoints where name = 'inventory') is distinct from 'b'
    union all
    select * from inventory_b.inventory_seats
    where (select slot from projection_checkpoints where name = 'inventory') = 'b';

comment on view inventory_seats is 'For people with psql: what is read of the read model inventory now.';

grant usage on schema inventory_a, inventory_b to stagedoor_reader, stagedoor_writer;
grant select on inventory_b.inventory, inventory_b.inventory_seats to stagedoor_reader;
grant select, insert, update, delete on inventory_b.inventory, inventory_b.inventory_seats to stagedoor_writer;
grant select on inventory, inventory_seats to stagedoor_reader, stagedoor_writer;
