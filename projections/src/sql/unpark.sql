-- Nothing waits behind the entity any more.
delete from parked_entities where projection = $1 and slot = $2 and entity = $3;
