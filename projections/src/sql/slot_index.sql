-- Makes one of the indexes that the slot which is not read lacks.
select index_spare_slot($1);
