-- Payments by their ids: those of a batch, those of a page of orders.
select payment_id, status, reason, refund_reason, request, created_position, created_at
from payments
where payment_id = any ($1);
