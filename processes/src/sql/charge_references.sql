-- What a provider calls the charges of some payments; without what a browser goes on with.
select payment_id, reference from provider_charges where payment_id = any($1);
