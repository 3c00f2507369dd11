-- The first and the last position of a stretch that has no event.
select min(n), max(n)
from generate_series($1 + 1, $2) as n
where not exists (select from events where position = n);
