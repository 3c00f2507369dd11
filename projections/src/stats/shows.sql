-- Shows and their seats: all, or an organizer's.
select count(*) as total,
       coalesce(sum(inventory.capacity), 0)::bigint as capacity,
       coalesce(sum(inventory.held), 0)::bigint as held,
       coalesce(sum(inventory.sold), 0)::bigint as sold,
       coalesce(sum(inventory.capacity - inventory.held - inventory.sold), 0)::bigint as available
from shows
left join inventory using (show_id)
where $1::uuid is null or shows.organizer = $1;
