-- From here to the end of the transaction nobody else appends.
begin transaction isolation level read committed;
lock table log_lock in exclusive mode;
