//! What is measured: engines, databases, people, shows, and the program itself.

mod audit;
mod caught_up;
mod log;
mod nats;
mod people;
mod program;
mod shows;
mod site;

pub(crate) use audit::Rows;
pub(crate) use people::Person;
pub(crate) use program::{Ports, Role, Running, run_and_kill, run_and_look};
pub(crate) use shows::Hall;
pub(crate) use site::{House, Site};
