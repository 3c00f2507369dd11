-- The slot is empty, and nobody reads it.
delete from projection_shadows where name = $1 and run = $2;
