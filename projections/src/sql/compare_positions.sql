-- Where both slots are in this snapshot.
select live.position, made.position
from projection_checkpoints live
join projection_shadows made using (name)
where name = $1;
