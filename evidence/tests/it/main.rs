//! Verification, checkpoints and proofs against a real Postgres.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod controls;
mod issuing;
mod mutations;
mod proving;
mod support;
mod tampering;
mod targets;
mod verifying;
