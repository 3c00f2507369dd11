create view log_head as
    select position, hash from events order by position desc limit 1;

comment on view log_head is 'The last event: its position is how long the log is, its hash vouches for all before it.';

grant select on log_head to stagedoor_reader, stagedoor_writer;
