//! Log to `JetStream`: every event becomes the message whose stream sequence is the event's position.
//!
//! Each message is published on the condition that the one before it is the stream's last, and `JetStream` gives a
//! refused message no sequence. Two relays, a crash or a day's outage therefore leave no duplicate, no hole and
//! nothing out of order; the lease only saves work.
//!
//! Numbers are not identity. Before it publishes, and whenever an answer is not the expected one, the relay compares
//! the stream's end, as far back as messages may have been in flight, with the log at those positions. What is missing it fills in; where stream and log tell
//! different stories it stops, says so, and leaves the decision to `stagedoor relay reset`.

#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic))]

mod backoff;
mod checkpoints;
mod difference;
mod encode;
mod error;
mod feed;
mod first_sequence;
mod identity;
mod leadership;
mod messages;
mod nats;
mod options;
mod pump;
mod reconcile;
mod refusals;
mod report;
mod reset;
mod run;
mod session;
mod status;
mod stream;
mod tail;

pub use difference::{Difference, first_difference};
pub use error::{Accident, RelayError};
pub use nats::{NatsOptions, connect};
pub use options::RelayOptions;
pub use reconcile::{Reconciliation, reconcile};
pub use report::{StatusReport, StreamReport, Verdict, status};
pub use reset::{ResetProgress, refill, reset};
pub use run::run;
pub use status::{RelayState, RelayStatus};
pub use stream::stream_config;
