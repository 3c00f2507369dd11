-- What the provider calls a charge. The first word stands: a repeated request has the same charge.
insert into provider_charges (payment_id, reference, client_secret, noted_at)
values ($1, $2, $3, $4)
on conflict (payment_id) do nothing;
