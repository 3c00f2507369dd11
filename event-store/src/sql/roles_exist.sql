-- Whether the three groups are there.
select count(*) = 3 from pg_roles where rolname in ('stagedoor_owner', 'stagedoor_writer', 'stagedoor_reader');
