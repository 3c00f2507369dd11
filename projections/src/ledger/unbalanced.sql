-- Positions whose entries do not sum to zero, or mix currencies; at most 100.
select position
from ledger_entries
group by position
having sum(amount) <> 0 or count(distinct currency) > 1
order by position
limit 100;
