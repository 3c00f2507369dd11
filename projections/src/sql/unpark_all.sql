-- A slot that starts afresh has nothing parked; the events behind the entities go with them.
delete from parked_entities where projection = $1 and slot = $2;
