-- Changes of a user's roles, and changes that the user made, a page at a time. They are few: nothing is indexed.
select change_id, changed_by, user_id, roles_before, roles_after, changed_at
from role_changes
where (user_id = $1 or changed_by = $1) and change_id > $2
order by change_id
limit $3;
