-- Something to commit that leaves nothing behind: the commit returns when synchronous standbys have all before it.
select pg_logical_emit_message(true, 'stagedoor', '');
