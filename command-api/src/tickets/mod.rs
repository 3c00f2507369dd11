//! Tickets at the door.

pub(crate) mod check_in;
mod view;
