-- The inventories of published shows, newest show first.
select inventory.show_id, inventory.sections, shows.created_position
from shows
join inventory using (show_id)
where shows.published and ($1::bigint is null or shows.created_position < $1)
order by shows.created_position desc
limit $2;
