//! The log in Postgres: sequencer, reads, snapshots, hash chain.
