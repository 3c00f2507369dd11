-- What is parked belongs to the rows that stand still, and is swapped along with them.
alter table parked_events drop constraint parked_events_projection_entity_fkey, drop constraint parked_events_pkey;
alter table parked_entities drop constraint parked_entities_pkey;

alter table parked_entities add column slot text not null default 'a' check (slot in ('a', 'b'));
alter table parked_entities alter column slot drop default, add primary key (projection, slot, entity);

alter table parked_events add column slot text not null default 'a';
alter table parked_events
    alter column slot drop default,
    add primary key (projection, slot, entity, position),
    add foreign key (projection, slot, entity) references parked_entities on delete cascade;

comment on column parked_entities.slot is 'In which slot of the read model.';
comment on column parked_events.slot is 'In which slot of the read model.';
