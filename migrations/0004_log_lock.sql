create table log_lock ();

comment on table log_lock is
    'Locked in exclusive mode by whoever appends. A lock rather than a head row: a row updated per batch slows down
     six-fold while any snapshot stays open, a lock does not.';

-- EXCLUSIVE MODE asks for one of update, delete, truncate; on a table without columns and rows it allows nothing else.
grant update on log_lock to stagedoor_writer;
