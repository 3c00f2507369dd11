-- The accounts that are the viewer's business, newest first.
select account_id, currency, balance, created_at, created_position
from accounts
where ($2 or customer = $1)
    and ($3::bigint is null or created_position < $3)
order by created_position desc
limit $4;
