-- A show's snapshot has megabytes, and is replaced before it is old: compressing it costs more than it saves.
alter table snapshots alter column state set storage external;
