//! What is measured: engines, databases, people, shows, and the program itself.

mod audit;
mod caught_up;
mod evidence;
pub(crate) mod log;
mod nats;
mod people;
mod program;
pub(crate) mod shows;
mod site;

pub(crate) use audit::Rows;
pub(crate) use people::Person;
pub(crate) use program::{Ports, Role, Running, Told, run_and_kill, told};
pub(crate) use shows::Hall;
pub(crate) use site::{House, Site};
