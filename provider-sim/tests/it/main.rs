//! The provider, asked by the client that asks the real one.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod api;
mod books;
mod keys;
mod support;
mod table;
mod webhooks;
