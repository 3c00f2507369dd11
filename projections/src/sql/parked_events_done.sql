-- Events that were applied after all.
delete from parked_events where projection = $1 and slot = $2 and entity = $3 and position < $4;
