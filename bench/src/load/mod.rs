//! Load by a schedule.
//!
//! A request has a moment at which it is due, whether or not the one before was answered, and its latency counts from
//! that moment: a service that stalls can't hide it by being asked less.

mod connection;
mod orders;
mod outcome;
mod reads;
mod run;
mod schedule;

pub(crate) use connection::{Answer, Connection};
pub(crate) use orders::{Choice, Orders};
pub(crate) use outcome::{Outcome, milliseconds};
pub(crate) use reads::Reads;
pub(crate) use run::{Traffic, run};
pub(crate) use schedule::Schedule;

/// How many requests are in flight at most: each has a connection of its own.
pub(crate) const CONNECTIONS: usize = 256;
