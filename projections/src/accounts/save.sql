-- New and changed accounts of a batch.
insert into accounts (account_id, customer, currency, balance, created_position, created_at)
select account_id, customer, currency, balance, created_position, created_at
from unnest($1::uuid[], $2::uuid[], $3::text[], $4::bigint[], $5::bigint[], $6::timestamptz[])
    as changed (account_id, customer, currency, balance, created_position, created_at)
on conflict (account_id) do update
set customer = excluded.customer,
    currency = excluded.currency,
    balance = excluded.balance,
    created_position = excluded.created_position,
    created_at = excluded.created_at;
