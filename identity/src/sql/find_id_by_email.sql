-- Who has an address, for those who are asked about a person and not about an id.
select user_id from users where lower(email) = $1;
