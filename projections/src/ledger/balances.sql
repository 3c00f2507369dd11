-- What is booked on each account; customers' accounts together, there may be many.
select case when account like 'customer:%' then 'customers' else account end as account,
       currency,
       sum(amount)::bigint as amount
from ledger_entries
group by 1, 2
order by 1, 2;
