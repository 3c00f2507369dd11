-- Every event is put into the index of streams; comparing names by the rules of a language would take most of that time.
alter table events alter column stream_id type text collate "C";
