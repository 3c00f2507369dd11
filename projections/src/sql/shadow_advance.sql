-- Moves a shadow's checkpoint, but only from where whoever fills it believes it to be.
update projection_shadows
set position = $4, updated_at = clock_timestamp()
where name = $1 and run = $2 and position = $3;
