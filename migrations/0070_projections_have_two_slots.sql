-- The tables of a read model lie in two slots, the schemas <name>_a and <name>_b: one is read and followed, the other is
-- there to be rebuilt beside it. Swapping them is an update of this column, in the transaction that compares positions.
alter table projection_checkpoints add column slot text not null default 'a' check (slot in ('a', 'b'));

comment on column projection_checkpoints.slot is 'Which of its two slots is read: the schema <name>_<slot>.';
