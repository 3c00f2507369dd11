-- Remembers the newest checkpoint; whoever comes late with an older one changes nothing.
insert into newest_checkpoint as known (log_id, sequence, position, hash, issued_at)
values ($1, $2, $3, $4, $5)
on conflict (only_row) do update
set log_id = excluded.log_id, sequence = excluded.sequence, position = excluded.position, hash = excluded.hash,
    issued_at = excluded.issued_at
where known.log_id <> excluded.log_id or known.sequence < excluded.sequence;
