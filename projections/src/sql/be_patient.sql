-- Whoever reads the views locks both slots for as long as that takes; not long enough to make the next wait behind us.
-- Autovacuum gives way, but only to whoever has waited for a second (deadlock_timeout).
set local lock_timeout = '2s';
