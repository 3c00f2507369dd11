//! The log and the sequencer against a real Postgres.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod ahead;
mod controls;
mod faults;
mod idempotency;
mod importing;
mod looking_back;
mod overload;
mod reading;
mod schema;
mod selecting;
mod sequencing;
mod support;
