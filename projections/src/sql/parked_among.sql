-- Which of a batch's entities stand still.
select entity from parked_entities where projection = $1 and slot = $2 and entity = any ($3);
