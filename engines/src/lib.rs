//! Find, start, supervise and stop Postgres and NATS: for `stagedoor up` and for tests.
//!
//! An engine's data directory tells it apart. Its port, passwords, log, pid and lock lie beside it, so that the
//! next start finds all of it again, and ends only what runs on that very directory.

#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic))]

mod account;
mod daemon;
mod error;
mod files;
pub mod find;
mod guard;
mod nats;
mod place;
mod port;
mod postgres;
mod supervisor;
pub mod testing;

pub use error::EngineError;
pub use find::Lookup;
pub use nats::{Nats, NatsOptions, connect_options};
pub use postgres::{Postgres, PostgresOptions};
pub use supervisor::{Condition, Engine, Supervisor};
