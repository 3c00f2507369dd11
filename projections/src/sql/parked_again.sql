-- What holds the entity up now.
update parked_entities set position = $3, reason = $4 where projection = $1 and entity = $2;
