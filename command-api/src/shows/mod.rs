//! Shows: planned, put on sale, closed, called off.

mod body;
pub(crate) mod cancel;
pub(crate) mod close;
pub(crate) mod create;
pub(crate) mod publish;
pub(crate) mod replace;
mod time;
mod view;
