//! The projections on a real Postgres and a real NATS.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod accidents;
mod controls;
mod crashes;
mod justifying;
mod keeping_up;
mod looking_back;
mod parking;
mod queries;
mod rebuilding;
mod replaying;
mod side_by_side;
mod snapshots;
mod support;
mod telling;
