//! The command side through its router, on a real Postgres: status, body, and what was written to the log.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod accounts;
mod callbacks;
mod check_order;
mod contention;
mod controls;
mod idempotency;
mod openapi;
mod orders;
mod outages;
mod overload;
mod payments;
mod refunds;
mod shape;
mod shows;
mod support;
mod users;
