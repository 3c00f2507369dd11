//! The one home of time and fresh identifiers.

use std::sync::Arc;

use chrono::{DateTime, SubsecRound, TimeDelta, Utc};
use uuid::Uuid;

/// Where the time comes from. Tests make it jump.
pub trait Clock: Send + Sync + 'static {
    /// The time now, in whole microseconds: what Postgres can hold, and what is hashed.
    fn now(&self) -> DateTime<Utc>;
}

/// The machine's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the home of time")]
    fn now(&self) -> DateTime<Utc> {
        let skew = TimeDelta::milliseconds(faultpoint::clock_skew_milliseconds());
        (Utc::now() + skew).trunc_subsecs(6)
    }
}

/// A clock that several tasks read.
pub type SharedClock = Arc<dyn Clock>;

/// A fresh `UUIDv7`: sorted by the time it was made, which keeps indexes on ids compact.
#[must_use]
#[expect(clippy::disallowed_methods, reason = "this is the home of ids")]
pub fn new_id() -> Uuid {
    Uuid::now_v7()
}
