-- The person is taken out of the row; the row stays, so that the id goes on meaning somebody.
update users
set email = null, name = $2, password_hash = null, roles = array['customer']
where user_id = $1;
