-- Whether the indexes are there and in force that keep positions, and versions within a stream, from being given twice.
select count(distinct keyed) = 2
from (
    select
        (
            select string_agg(a.attname, ',' order by k.place)
            from unnest(i.indkey::int2[]) with ordinality as k (attnum, place)
            join pg_attribute a on a.attrelid = i.indrelid and a.attnum = k.attnum
        ) as keyed
    from pg_index i
    where i.indrelid = 'events'::regclass
        and i.indisunique and i.indisvalid and i.indisready and i.indpred is null and i.indexprs is null
) as indexes
where keyed in ('position', 'stream_id,version');
