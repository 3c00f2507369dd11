-- How the provider calls a charge.
select reference from provider_charges where payment_id = $1;
