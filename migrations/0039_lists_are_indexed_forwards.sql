-- New rows have the highest positions. An index in descending order takes each of them at its first page, which splits
-- in halves again and again; one in ascending order appends, and is read backwards just as well.
drop index shows_published, shows_of_organizer;
create index shows_published on shows (created_position) where published;
create index shows_of_organizer on shows (organizer, created_position);

drop index orders_newest, orders_in_status, orders_of_customer, orders_of_organizer, orders_of_show;
create index orders_newest on orders (created_position);
create index orders_in_status on orders (status, created_position);
create index orders_of_customer on orders (customer, created_position);
create index orders_of_organizer on orders (organizer, created_position);
create index orders_of_show on orders (show_id, created_position);

drop index payments_newest, payments_in_status, payments_of_customer, payments_of_show;
create index payments_newest on payments (created_position);
create index payments_in_status on payments (status, created_position);
create index payments_of_customer on payments (customer, created_position);
create index payments_of_show on payments (show_id, created_position);
