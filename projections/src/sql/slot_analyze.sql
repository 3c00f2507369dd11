-- Lets the planner know what lies in the slot that is not read.
select analyze_spare_slot($1);
