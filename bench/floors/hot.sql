-- An order at the one show that everybody wants.
\set customer random(1, 256)
\set order random(1, 9000000000000000000)
\set payment random(1, 9000000000000000000)
begin;
update show set reserved = reserved + 2 where id = 1 and reserved + 2 <= capacity;
insert into orders values (:order, 1, :customer, 'pending', 10700, 'EUR', now());
insert into reservation values (:order, 1, 2, now() + interval '15 minutes');
insert into payment values (:payment, :order, 'manual', 10700, 'EUR', 'pending', now());
commit;
