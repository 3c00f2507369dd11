-- What the events of a batch moved. An entry never changes.
insert into ledger_entries (position, line, subject, account, currency, amount)
select position, line, subject, account, currency, amount
from (
    select unnest($1::bigint[]) as position, unnest($2::int[]) as line, unnest($3::text[]) as subject,
           unnest($4::text[]) as account, unnest($5::text[]) as currency, unnest($6::bigint[]) as amount
) as moved
on conflict (position, line) do nothing;
