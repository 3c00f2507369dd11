//! Shows: planned, put on sale, closed.

mod body;
pub(crate) mod close;
pub(crate) mod create;
pub(crate) mod publish;
pub(crate) mod replace;
mod time;
mod view;
