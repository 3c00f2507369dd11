//! The log in Postgres: one sequencer appends, everyone reads.
//!
//! The only crate that names the log's tables. Positions are gapless and in commit order, so whoever holds p and sees
//! p + 2 knows that p + 1 is missing.

#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic))]

pub mod archive;
pub mod canonical;
mod chain;
mod clock;
mod completeness;
mod connect;
mod guarantees;
mod head_watch;
pub mod hexadecimal;
mod identity;
mod import;
mod lease;
mod migrate;
mod moment;
mod reader;
mod record;
mod scan;
mod selection;
mod sequencer;
mod streams;
mod unpanicked;

pub use chain::{Broken, Chain};
pub use clock::{Clock, SharedClock, SystemClock, new_id};
pub use completeness::{EventName, Missing, forget_stray_snapshots, stray_snapshots};
pub use connect::{connect, session_options};
pub use guarantees::{Guarantees, guarantees};
pub use head_watch::watch_head;
pub use import::{ImportError, import, renew_log_id};
pub use lease::{LEASE_SECONDS, Lease};
pub use migrate::{ROLES_SQL, SchemaError, check_schema, migrate};
pub use moment::{Moment, MomentError, ParseMomentError, Past};
pub use reader::{Head, LogReader, events_at, first_events, head, holds, read_stream};
pub use record::{Glimpse, Hash, HashColumn, Metadata, Position, RecordedEvent};
pub use scan::{RawEvent, Successor};
pub use selection::{Page, Selection, Walk};
pub use sequencer::{Command, Committed, Context, ExecuteError, Next, Own, Sequencer, SequencerOptions};
pub use streams::{Streams, events_after, events_of, find_in_stream, streams_begun, stretches};
pub use unpanicked::unpanicked;
