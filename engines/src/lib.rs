//! Find, start and supervise Postgres and NATS.
