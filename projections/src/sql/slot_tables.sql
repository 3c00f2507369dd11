-- The tables of a slot with their primary keys. Names come quoted where they must be.
select quote_ident(nspname) as schema,
       quote_ident(relname) as name,
       array_agg(attname::text order by place) as columns,
       array_agg(quote_ident(attname) order by place) as key,
       array_agg(format_type(atttypid, atttypmod) order by place) as types,
       greatest(reltuples, 0)::bigint as rows
from pg_class
join pg_namespace on pg_namespace.oid = relnamespace
join pg_index on indrelid = pg_class.oid and indisprimary
cross join unnest(indkey) with ordinality as keys (number, place)
join pg_attribute on attrelid = pg_class.oid and attnum = number
where nspname = $1 and relkind = 'r'
group by pg_class.oid, nspname, relname, reltuples
order by relname;
