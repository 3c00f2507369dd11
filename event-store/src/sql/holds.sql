-- Whether an event is in the log. Its hash vouches for all before it.
select exists (select from events where position = $1 and hash = $2);
