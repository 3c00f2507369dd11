-- Whoever reads the views locks both slots for as long as that takes; not long enough to make the next wait behind us.
set local lock_timeout = '500ms';
