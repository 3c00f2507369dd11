-- Word of the new head goes out with it. A table that was filled at once has no statistics yet.
select pg_notify('stagedoor_log', position::text) from log_head;
commit;
analyze events;
