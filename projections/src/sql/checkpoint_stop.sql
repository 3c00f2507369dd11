-- A read model that can't go on; nothing but the next advance takes the mark away.
update projection_checkpoints set state = 'stopped', reason = $2, updated_at = clock_timestamp() where name = $1;
