-- Derived: what is needed of them is made again.
delete from snapshots;
