-- Where a stretch ends: at the first key, on either side, that has so many rows before it. {…} stands for names out of
-- the catalogue, and for the stretch of keys.
select array[{key_as_text}]
from (
    (select {key} from {live} where {stretch} order by {key} offset {next} limit 1)
    union all
    (select {key} from {made} where {stretch} order by {key} offset {next} limit 1)
) ends
order by {key}
limit 1;
