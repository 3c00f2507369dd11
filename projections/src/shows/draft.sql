-- What was said about a show last.
select draft from shows where show_id = $1;
