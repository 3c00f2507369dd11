-- From now on the slot that is not read belongs to this run. Where nothing is known of it, it is empty and unread.
insert into projection_shadows as shadow
    (name, slot, purpose, position, log_id, version, run, begun_from, begun_at, updated_at)
values ($1, $2, 'verify', 0, $3, $4, $5, 0, clock_timestamp(), clock_timestamp())
on conflict (name) do update set run = excluded.run
returning slot, purpose, position, log_id, version, run;
