-- Steps derived from another log mean nothing in this one.
delete from process_steps where process = $1;
