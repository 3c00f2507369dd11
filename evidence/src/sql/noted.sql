-- The newest checkpoint that this database knows of.
select sequence, position, hash, issued_at
from newest_checkpoint
where log_id = $1;
