-- What a crash takes from a read model, its checkpoint gives back from the log.
set synchronous_commit = off;
