-- A payment that is the viewer's business: own, for an own show, or any.
select payment_id, status, reason, refund_reason, request, created_position, created_at
from payments
where payment_id = $1
    and (customer = $2 or show_id in (select show_id from shows where organizer = $3) or $4);
