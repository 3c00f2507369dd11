-- New and changed payments of a batch.
insert into payments
    (payment_id, customer, show_id, status, reason, amount, currency, request, created_position, created_at,
     refund_reason)
select payment_id, customer, show_id, status, reason, amount, currency, request::json, created_position, created_at,
       refund_reason
from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::bigint[], $7::text[], $8::text[],
            $9::bigint[], $10::timestamptz[], $11::text[])
    as changed (payment_id, customer, show_id, status, reason, amount, currency, request, created_position, created_at,
                refund_reason)
on conflict (payment_id) do update
set customer = excluded.customer,
    show_id = excluded.show_id,
    status = excluded.status,
    reason = excluded.reason,
    amount = excluded.amount,
    currency = excluded.currency,
    request = excluded.request,
    created_position = excluded.created_position,
    created_at = excluded.created_at,
    refund_reason = excluded.refund_reason;
