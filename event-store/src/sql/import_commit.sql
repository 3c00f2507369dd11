-- Word of the new head goes out with it.
select pg_notify('stagedoor_log', position::text) from log_head;
commit;
