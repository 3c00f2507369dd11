-- Numbered seats that are held or sold; a seat without a row is available.
-- The primary key serves the plan of a section.
create table inventory_seats (
    show_id  uuid    not null,
    section  text    not null collate "C",
    row_code text    not null collate "C",
    number   integer not null,
    status   text    not null check (status in ('held', 'sold')),
    order_id uuid    not null,
    primary key (show_id, section, row_code, number)
);

comment on table  inventory_seats is 'Read model: numbered seats that are held or sold.';
comment on column inventory_seats.order_id is 'Who has it.';

grant select on inventory_seats to stagedoor_reader;
grant select, insert, update, delete on inventory_seats to stagedoor_writer;
