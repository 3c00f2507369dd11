//! Orders: placed, given up.

mod body;
pub(crate) mod cancel;
pub(crate) mod place;
mod view;
