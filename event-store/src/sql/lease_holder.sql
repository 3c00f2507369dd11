-- Who holds a lease now.
select holder from leases where name = $1 and expires_at > clock_timestamp();
