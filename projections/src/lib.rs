//! Log and `JetStream` to read models.
//!
//! Every read model is a fold of the log. Rows and checkpoint change in one transaction, fenced by the checkpoint's
//! row, so an event has its effect once however often it is heard. What `JetStream` says is a hint: on a gap, on
//! silence, in doubt, and without NATS altogether, the log is read.

#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic))]

pub mod accounts;
mod apply;
pub mod as_of;
mod batch;
mod checkpoint;
mod connect;
mod ear;
mod feed;
mod fence;
mod fold;
mod happened;
mod hint;
pub mod inventory;
pub mod ledger;
mod message;
mod model;
pub mod orders;
mod page;
mod parked;
pub mod payments;
mod read_model;
mod rebuild;
mod retry;
mod runner;
pub mod shows;
mod slot;
mod snapshot;
mod source;
mod sql;
mod standing;
mod start;
mod stats;
mod status;
pub mod story;
mod tables;
mod upgrade;
mod viewer;
mod wait;
pub mod why;

pub use checkpoint::ProjectionState;
pub use happened::{Happened, Unreadable};
pub use model::{Model, UnknownProjection};
pub use page::{MAX_ITEMS, Page, PageRequest};
pub use read_model::{Misfit, ReadModel};
pub use rebuild::{
    Difference, Differences, Outcome, Progress, Purpose, RebuildError, Stage, rebuild, verify,
};
pub use retry::{Retried, RetryError, retry};
pub use snapshot::{Parked, Snapshot, moment};
pub use standing::{Standing, recheck, standings};
pub use start::{ProjectionOptions, Projections};
pub use stats::{OrderStats, PaymentStats, Revenue, ShowStats, Stats, stats};
pub use status::{ProjectionStatus, ShadowStatus, list};
pub use viewer::Viewer;
pub use wait::{CheckpointWatch, WaitError};
