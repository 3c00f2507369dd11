-- How many of a show's seats are held and sold. The primary key serves every query there is.
create table inventory (
    show_id  uuid   primary key,
    capacity bigint not null,
    held     bigint not null check (held >= 0),
    sold     bigint not null check (sold >= 0),
    sections json   not null
);

comment on table  inventory is 'Read model: how many of a show''s seats are held and sold.';
comment on column inventory.sections is 'The same for each section, in the order of the show.';

grant select on inventory to stagedoor_reader;
grant select, insert, update, delete on inventory to stagedoor_writer;
