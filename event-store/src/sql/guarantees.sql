-- What durability, the log's integrity and people's privacy rest on, as this role sees it.
select
    current_setting('server_version_num')::int as version,
    current_setting('fsync') = 'on' as fsync,
    current_setting('full_page_writes') = 'on' as full_page_writes,
    current_setting('synchronous_commit') as synchronous_commit,
    current_setting('synchronous_standby_names') as synchronous_standbys,
    (select count(*) from pg_stat_replication) as standbys,
    (select rolsuper from pg_roles where rolname = current_user) as superuser,
    has_table_privilege('events', 'insert') as may_append,
    has_table_privilege('events', 'update') or has_table_privilege('events', 'delete')
        or has_table_privilege('events', 'truncate') as may_change_history,
    (select count(*) = 2 from pg_trigger
        where tgrelid = 'events'::regclass and not tgisinternal and tgenabled in ('O', 'A')) as guarded,
    current_setting('log_parameter_max_length_on_error') <> '0'
        or current_setting('log_parameter_max_length') <> '0'
            and (current_setting('log_statement') in ('mod', 'all')
                or current_setting('log_min_duration_statement') <> '-1'
                or current_setting('log_min_duration_sample') <> '-1'
                or current_setting('log_transaction_sample_rate') <> '0') as logs_parameters,
    extract(epoch from clock_timestamp())::float8 as clock;
