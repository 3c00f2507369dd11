-- What moved the accounts of a batch. An entry never changes.
insert into account_entries (account_id, position, kind, amount, balance, payment_id, order_id, at)
select account_id, position, kind, amount, balance, payment_id, order_id, at
from unnest($1::uuid[], $2::bigint[], $3::text[], $4::bigint[], $5::bigint[], $6::uuid[], $7::uuid[],
            $8::timestamptz[])
    as moved (account_id, position, kind, amount, balance, payment_id, order_id, at)
on conflict (account_id, position) do nothing;
