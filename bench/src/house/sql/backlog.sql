-- How far the slowest of those who follow the log is behind it.
select (select coalesce(max(position), 0) from events) - least(
    (select coalesce(min(position), 0) from projection_checkpoints),
    (select coalesce(min(position), 0) from process_checkpoints)
);
