-- Whether a table is there.
select to_regclass($1) is not null;
