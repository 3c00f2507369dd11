-- Nothing waits behind the entity any more.
delete from parked_entities where projection = $1 and entity = $2;
