-- How many rows of a stretch the log says there are. {…} stands for names out of the catalogue, and for the stretch.
select count(*) from {made} where {stretch};
