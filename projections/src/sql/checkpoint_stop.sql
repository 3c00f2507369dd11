-- A read model that can't go on; nothing but the next advance takes the mark away. While somebody else holds the lease it
-- does go on: then it is this program that is too old.
update projection_checkpoints
set state = 'stopped', reason = $2, updated_at = clock_timestamp()
where name = $1 and not exists (
    select from leases where leases.name = $3 and holder <> $4 and expires_at > clock_timestamp()
);
