//! Requests to the query service, over read models that the real projections keep.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod as_of;
mod description;
mod faults;
mod history;
mod lists;
mod notifications;
mod orders;
mod payments;
mod positions;
mod refusals;
mod seats;
mod shows;
mod stats;
mod support;
mod tickets;
