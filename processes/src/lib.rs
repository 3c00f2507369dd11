//! Reactions to what happened: what has to follow by itself, and does so once.
//!
//! A process reads the log from its own checkpoint and decides purely which steps follow from an event. Steps and
//! checkpoint are written in one transaction, fenced by a lease. A step is then performed when it is due, by a command
//! whose id is derived from the process, the event, the step and its target: however often it is performed, it takes
//! effect once.

#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic))]

mod hold_expiry;
mod process;
mod runner;
mod store;

pub use hold_expiry::HoldExpiry;
pub use process::{Performed, Process, Reaction, Step, command_id};
pub use runner::{RunnerOptions, RunnerStatus, run};
pub use store::{ProcessStatus, list};
