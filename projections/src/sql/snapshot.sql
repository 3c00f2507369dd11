-- One moment for all that is read in this transaction: which slots are read, how far they have come, and their rows.
begin isolation level repeatable read, read only;
select set_config('search_path', concat_ws(',', string_agg(name || '_' || slot, ','), 'public'), true)
from projection_checkpoints;
