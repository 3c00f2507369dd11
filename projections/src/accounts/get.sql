-- An account that is the viewer's business.
select account_id, currency, balance, created_at, created_position
from accounts
where account_id = $1 and (customer = $2 or $3);
