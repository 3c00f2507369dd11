-- Off on a primary; on while the server recovers, and on a standby.
select current_setting('transaction_read_only') = 'off';
