//! Payments: what operators see come in, or not.

pub(crate) mod approve;
pub(crate) mod reject;
mod view;
