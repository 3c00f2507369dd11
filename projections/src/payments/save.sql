-- New and changed payments of a batch.
insert into payments
    (payment_id, customer, show_id, status, reason, amount, currency, request, created_position, created_at,
     refund_reason)
select payment_id, customer, show_id, status, reason, amount, currency, request, created_position, created_at,
       refund_reason
from (
    select unnest($1::uuid[]) as payment_id, unnest($2::uuid[]) as customer, unnest($3::uuid[]) as show_id,
           unnest($4::text[]) as status, unnest($5::text[]) as reason, unnest($6::bigint[]) as amount,
           unnest($7::text[]) as currency, unnest($8::json[]) as request, unnest($9::bigint[]) as created_position,
           unnest($10::timestamptz[]) as created_at, unnest($11::text[]) as refund_reason
) as changed
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
