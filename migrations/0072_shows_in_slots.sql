-- See 0070. The second slot has its indexes made when it has been filled.
create schema shows_a;
create schema shows_b;

alter table shows set schema shows_a;
create table shows_b.shows (like shows_a.shows including all excluding indexes, primary key (show_id));

create view shows as
    select * from shows_a.shows
    where (select slot from projection_checkpoints where name = 'shows') is distinct from 'b'
    union all
    select * from shows_b.shows
    where (select slot from projection_checkpoints where name = 'shows') = 'b';

comment on view shows is 'For people with psql: what is read of the read model shows now.';

grant usage on schema shows_a, shows_b to stagedoor_reader, stagedoor_writer;
grant select on shows_b.shows to stagedoor_reader;
grant select, insert, update, delete on shows_b.shows to stagedoor_writer;
grant select on shows to stagedoor_reader, stagedoor_writer;
