-- Some of what a user was told, and the steps that would have sent it.
with gone as (
    delete from notifications
    where notification_id in (select notification_id from notifications where user_id = $1 limit $2)
    returning order_id
), unsent as (
    delete from process_steps where process = $3 and target in (select order_id from gone)
)
select count(*) from gone;
