//! Customers' money here.

pub(crate) mod deposit;
pub(crate) mod open;
mod view;
