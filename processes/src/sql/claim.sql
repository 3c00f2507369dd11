-- Takes over a checkpoint under a lease: from here on, workers with an older one are refused.
update process_checkpoints set token = $2 where process = $1 and token <= $2;
