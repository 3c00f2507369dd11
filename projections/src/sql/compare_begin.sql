-- One moment of both slots.
begin isolation level repeatable read, read only;
