-- Who is to be erased; without an address, they were. Whoever begins a session or keeps a notification for them
-- meanwhile waits until this is over.
select email, name from users where user_id = $1 for update;
