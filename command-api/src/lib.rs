//! HTTP in: every call that changes something.
//!
//! A handler translates and decides nothing: a request becomes an operation of the domain, the sequencer carries it
//! out, and its answer becomes a view. [`service`] is the whole of it, `router.rs` shows every route.

#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic))]

mod accounts;
mod admitted;
mod app;
mod asked;
mod describe;
mod orders;
mod pay;
mod payments;
mod ready;
mod reason;
mod refusal;
mod router;
mod sessions;
mod shows;
mod tickets;
mod users;
mod words;

pub use app::App;
pub use pay::Payments;
pub use router::{openapi, service};
