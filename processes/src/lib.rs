//! Reactions to what happened: what has to follow by itself, and does so once.
//!
//! A process reads the log from its own checkpoint and decides purely which steps follow from an event. Steps and
//! checkpoint are written in one transaction, fenced by a lease. A step is then performed when it is due, by a command
//! whose id is derived from the process, the event, the step and its target. It may be performed more than once: that
//! it takes effect once is up to the operation, by a rule of its own or by an answer that is remembered.

#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic))]

mod cancellations;
mod charging;
mod checkpoint;
mod deadline;
mod hold_expiry;
mod in_flight;
mod money;
mod net;
mod notifications;
mod oversight;
mod process;
mod readings;
mod refunds;
mod runner;
mod steps;

pub use cancellations::{Cancellations, Unwinding};
pub use charging::Charging;
pub use hold_expiry::HoldExpiry;
pub use money::{Money, charge_references};
pub use notifications::{HeldNotification, Mailer, MailerError, Notifications, Notifying};
pub use oversight::{
    Chosen, Intervention, ParkedStep, ProcessStatus, Standing, StepUnderWay, intervene, list, parked,
    recheck, standings,
};
pub use process::{Performed, Process, Reaction, Step};
pub use readings::Readings;
pub use refunds::{REFUND, Refunds};
pub use runner::{RunnerOptions, RunnerStatus, run};

/// All processes there are, by name.
pub const NAMES: [&str; 5] =
    [HoldExpiry::NAME, Charging::NAME, Refunds::NAME, Cancellations::NAME, Notifications::NAME];
