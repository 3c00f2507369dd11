-- Change and audit are one statement, so that there is never one without the other.
with before as (
    select user_id, roles from users where user_id = $1 and email is not null for update
), changed as (
    update users set roles = $2 from before where users.user_id = before.user_id
    returning before.roles as roles_before
)
insert into role_changes (changed_by, user_id, roles_before, roles_after, changed_at)
select $3, $1, roles_before, $2, $4 from changed;
