-- What waits behind a parked entity. Only positions: the events themselves are in the log.
-- The primary key serves the retry, which takes an entity's events in order.
create table parked_events (
    projection text   not null,
    entity     text   not null,
    position   bigint not null,
    primary key (projection, entity, position),
    foreign key (projection, entity) references parked_entities on delete cascade
);

comment on table parked_events is 'The events a parked entity has not seen yet, the one that failed among them.';

grant select on parked_events to stagedoor_reader;
grant select, insert, update, delete on parked_events to stagedoor_writer;
