-- Where every read model is.
select name, position from projection_checkpoints;
