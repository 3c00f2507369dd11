//! Payments: what operators and providers see come in, or not.

pub(crate) mod approve;
pub(crate) mod callback;
pub(crate) mod reject;
pub(crate) mod stripe;
mod told;
mod view;
