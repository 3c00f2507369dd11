-- One moment for all that is read in this transaction.
begin isolation level repeatable read, read only;
