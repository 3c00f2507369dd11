-- Gives a lease back early, so that the next holder need not wait for its end.
update leases set expires_at = clock_timestamp() where name = $1 and holder = $2;
