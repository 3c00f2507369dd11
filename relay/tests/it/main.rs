//! The relay on a real Postgres and a real NATS.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs, unreachable_pub)]

mod accidents;
mod controls;
mod differing;
mod outages;
mod reconciling;
mod relaying;
mod resetting;
mod support;
