-- Events that were applied after all.
delete from parked_events where projection = $1 and entity = $2 and position < $3;
