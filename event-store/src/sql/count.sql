-- How many events a stretch of the log has.
select count(*) from events where position > $1 and position <= $2;
