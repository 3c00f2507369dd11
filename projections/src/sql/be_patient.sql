-- Whoever reads the views locks both slots for as long as that takes, and whoever comes after waits behind us. Autovacuum
-- gives way, but only to those who have waited for a second (deadlock_timeout).
set local lock_timeout = '2s';
