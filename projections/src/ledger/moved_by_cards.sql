-- What came by card and went back, payment by payment.
select substr(subject, length('payment-') + 1)::uuid as payment_id,
       currency,
       coalesce(sum(amount) filter (where amount > 0), 0)::bigint as taken,
       coalesce(-sum(amount) filter (where amount < 0), 0)::bigint as refunded
from ledger_entries
where account = 'clearing:card'
group by subject, currency
order by subject;
