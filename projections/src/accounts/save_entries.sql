-- What moved the accounts of a batch. An entry never changes.
insert into account_entries (account_id, position, kind, amount, balance, payment_id, order_id, at)
select account_id, position, kind, amount, balance, payment_id, order_id, at
from (
    select unnest($1::uuid[]) as account_id, unnest($2::bigint[]) as position, unnest($3::text[]) as kind,
           unnest($4::bigint[]) as amount, unnest($5::bigint[]) as balance, unnest($6::uuid[]) as payment_id,
           unnest($7::uuid[]) as order_id, unnest($8::timestamptz[]) as at
) as moved
on conflict (account_id, position) do nothing;
