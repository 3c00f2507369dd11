-- Some of the logs that checkpoints are kept of: from one to the next, so that it takes as long as there are logs.
with recursive logs as (
    (select log_id, 1 as number from stagedoor_checkpoints order by log_id limit 1)
    union all
    select next.log_id, logs.number + 1
    from logs
    cross join lateral (
        select c.log_id from stagedoor_checkpoints c where c.log_id > logs.log_id order by c.log_id limit 1
    ) as next
    where logs.number < $1
)
select log_id from logs;
