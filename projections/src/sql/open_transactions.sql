-- Every transaction that is open in this database, but this one: any of them may hold an older snapshot. Whose snapshot
-- is how old is shown to few; that a transaction is open, its lock on itself shows to everybody.
select locks.virtualtransaction
from pg_locks locks
join pg_stat_activity activity using (pid)
where locks.locktype = 'virtualxid' and locks.granted and activity.datname = current_database()
    and activity.usesysid is not null and pid <> pg_backend_pid();
