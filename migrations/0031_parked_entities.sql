-- An event that can't be applied stops only the entity it belongs to. The primary key serves the look-up of the
-- entities in a batch, and a query's question whether its entity is parked.
create table parked_entities (
    projection text        not null,
    entity     text        not null,
    position   bigint      not null,
    reason     text        not null,
    parked_at  timestamptz not null,
    primary key (projection, entity)
);

comment on table  parked_entities is 'Entities whose rows stand still because an event could not be applied.';
comment on column parked_entities.entity is 'A stream id, such as order-0199….';
comment on column parked_entities.position is 'The event that could not be applied.';

grant select on parked_entities to stagedoor_reader;
grant select, insert, update, delete on parked_entities to stagedoor_writer;
