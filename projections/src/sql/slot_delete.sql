-- Some rows of a slot that can't be emptied at once. {table} is a name out of the catalogue.
delete from {table} where ctid = any (array(select ctid from {table} limit $1));
