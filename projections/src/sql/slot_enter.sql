-- Which tables names mean from now on; where $2 is true, until this transaction ends.
select set_config('search_path', $1, $2);
