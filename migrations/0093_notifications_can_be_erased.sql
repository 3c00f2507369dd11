-- What was told to a user goes with the user; ANALYZE keeps no copy of it either.
alter table notifications
    alter column subject type text,
    alter column body_text type text,
    alter column last_error type text;
alter table notifications
    alter column subject set statistics 0,
    alter column body_text set statistics 0,
    alter column last_error set statistics 0;

grant delete on notifications to stagedoor_writer;
