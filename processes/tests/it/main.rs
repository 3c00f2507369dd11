//! Processes against a real Postgres.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod checkpoints;
mod controls;
mod failures;
mod holds;
mod money;
mod notes;
mod notifications;
mod post;
mod probe;
mod shop;
mod support;
