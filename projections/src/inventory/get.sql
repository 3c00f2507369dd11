-- A show's inventory, unless the show is a draft that is not the viewer's business.
select inventory.show_id, inventory.sections, shows.created_position
from inventory
join shows using (show_id)
where show_id = $1 and (shows.published or shows.organizer = $2 or $3);
