-- What the events of a batch moved. An entry never changes.
insert into ledger_entries (position, line, subject, account, currency, amount)
select position, line, subject, account, currency, amount
from unnest($1::bigint[], $2::int[], $3::text[], $4::text[], $5::text[], $6::bigint[])
    as moved (position, line, subject, account, currency, amount)
on conflict (position, line) do nothing;
