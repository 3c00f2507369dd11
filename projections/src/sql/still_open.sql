-- Whether any of these transactions is still open.
select exists (
    select from pg_locks where locktype = 'virtualxid' and granted and virtualtransaction = any ($1)
);
