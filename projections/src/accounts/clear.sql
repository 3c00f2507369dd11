-- A rebuild starts from nothing. Not truncate: readers keep what they see.
delete from accounts;
