-- Rows of a stretch that are not the same on both sides, by their bytes; some at a time, in the order of their keys.
-- {…} stands for names out of the catalogue, and for the stretch.
select array[{key_as_text}] as key, to_jsonb(live) as live, to_jsonb(made) as made
from (select * from {live} where {stretch}) live
full join (select * from {made} where {stretch}) made using ({key})
where not coalesce(live *= made, false)
order by {key}
limit {next};
