-- While a payment is on its way back it counts as succeeded; this tells that it is, and why.
alter table payments add column refund_reason text;

comment on column payments.refund_reason is 'Why it is being paid back; null before, and once it has been.';
