-- Word of the new head goes out with it.
select pg_notify('stagedoor_log', '$1');
commit
