-- The limits of a connection that appends. A lock waited for in vain for a second makes the waiter look at its holder.
set lock_timeout = '1s';
set statement_timeout = '10s';
set idle_in_transaction_session_timeout = '5s';
