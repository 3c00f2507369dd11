-- Takes or prolongs a lease. The token grows with every change of holder, and only then.
insert into leases as held (name, holder, token, expires_at)
values ($1, $2, 1, clock_timestamp() + make_interval(secs => $3))
on conflict (name) do update
set holder = excluded.holder,
    token = held.token + case when held.holder = excluded.holder then 0 else 1 end,
    expires_at = excluded.expires_at
where held.holder = excluded.holder or held.expires_at < clock_timestamp()
returning token;
