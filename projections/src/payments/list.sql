-- The payments that are the viewer's business, newest first.
select payment_id, status, reason, refund_reason, request, created_position, created_at
from payments
where ($3 or customer = $1 or ($2::uuid is not null and show_id = any (array(select show_id from shows where organizer = $2))))
    and ($4::text is null or status = $4)
    and ($5::bigint is null or created_position < $5)
order by created_position desc
limit $6;
