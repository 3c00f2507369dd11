-- The accounts of a batch.
select account_id, customer, currency, balance, created_position, created_at
from accounts
where account_id = any ($1);
