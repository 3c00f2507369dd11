//! HTTP out: reads only.
//!
//! Every answer comes from one snapshot of the read models it joins and says, as `X-Position`, how far the last of
//! them had come. Nothing here writes, and nothing here decides: what a caller may see is asked of the read models
//! with the caller in hand, so that what belongs to another is as absent as what never was.

#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic))]

mod accounts;
mod app;
mod inventory;
mod me;
mod notifications;
mod openapi;
mod orders;
mod params;
mod payments;
mod problems;
mod projections_list;
mod reading;
mod router;
mod shows;
mod stats;
mod tickets;
mod viewer;

pub use app::{App, READERS, reader_pool};
pub use openapi::openapi;
pub use router::service;
