//! Orders: placed, given up, paid back.

mod body;
pub(crate) mod cancel;
pub(crate) mod place;
pub(crate) mod refund;
mod view;
