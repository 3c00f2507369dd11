-- Whether the table of checkpoints is there.
select to_regclass('stagedoor_checkpoints') is not null;
