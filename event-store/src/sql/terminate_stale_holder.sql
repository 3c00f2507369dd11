-- Ends whoever has held the log's lock for more than 5 s: frozen, or cut off in a way no timeout of the server sees.
-- Materialized, so that nobody is ended before all conditions have been looked at.
with stale as materialized (
    select a.pid
    from pg_locks l
    join pg_stat_activity a on a.pid = l.pid
    where l.locktype = 'relation'
        and l.relation = 'log_lock'::regclass
        and l.database = (select oid from pg_database where datname = current_database())
        and l.mode = 'ExclusiveLock'
        and l.granted
        -- Whoever waits for a synchronous standby has committed; ending it would only make that look done.
        and a.wait_event is distinct from 'SyncRep'
        and a.xact_start < clock_timestamp() - interval '5 seconds'
)
select pid from stale where pg_terminate_backend(pid);
