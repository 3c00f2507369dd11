-- The payments whose refund did not work the first time.
select target
from process_steps
where process = 'refunds' and step = 'refund' and target = any ($1) and (attempts + outages > 0 or parked is not null);
