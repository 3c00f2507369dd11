-- What holds the entity up now.
update parked_entities set position = $4, reason = $5 where projection = $1 and slot = $2 and entity = $3;
