-- Empties the slot that is not read, and drops its indexes.
select empty_spare_slot($1);
