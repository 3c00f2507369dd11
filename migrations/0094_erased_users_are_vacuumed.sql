-- Rows of users hardly ever change: what makes one dead is mostly an erasure. It must not lie about until a fifth of
-- the table is dead; nor must the address in the index.
alter table users set (
    autovacuum_vacuum_threshold = 0,
    autovacuum_vacuum_scale_factor = 0,
    vacuum_index_cleanup = on
);
