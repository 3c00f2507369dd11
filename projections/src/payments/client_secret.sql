-- With what the customer, and nobody else, goes on at the provider's, as long as there is something to pay.
select client_secret
from payments join provider_charges using (payment_id)
where payment_id = $1 and customer = $2 and status = 'pending';
