-- The inventories of a batch.
select show_id, sections
from inventory
where show_id = any ($1);
