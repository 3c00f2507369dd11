//! What a relay is told.

use std::time::Duration;

use event_store::{Lease, Own};
use sqlx::postgres::PgConnectOptions;
use uuid::Uuid;

use crate::nats::NatsOptions;

/// What a relay is told.
#[derive(Debug, Clone)]
pub struct RelayOptions {
    /// The log's database, with a role that may take leases.
    pub database: PgConnectOptions,
    /// What this process appends, if it has a sequencer: it need not be read back.
    pub own: Own,
    /// The NATS server and the one user who may publish, purge and delete.
    pub nats: NatsOptions,
    /// The stream's name.
    pub stream: String,
    /// What every subject begins with.
    pub subject_prefix: String,
    /// Messages older than this are discarded.
    pub max_age: Duration,
    /// Beyond this many bytes the oldest messages are discarded.
    pub max_bytes: i64,
    /// On how many servers of a `JetStream` cluster a new stream is kept; only used when it is created.
    pub replicas: usize,
    /// How many messages may wait for their acknowledgement.
    pub window: u16,
    /// The lease that the leader holds.
    pub lease: String,
    /// An id that no other process uses.
    pub holder: Uuid,
}

impl RelayOptions {
    /// The settings of a single server: stream `STAGEDOOR`, subjects below `stagedoor.`, 7 days or 10 GiB.
    #[must_use]
    pub fn new(database: PgConnectOptions, nats: NatsOptions, holder: Uuid) -> Self {
        Self {
            database,
            own: Own::default(),
            nats,
            stream: "STAGEDOOR".to_owned(),
            subject_prefix: "stagedoor".to_owned(),
            max_age: Duration::from_hours(7 * 24),
            max_bytes: 10 << 30,
            replicas: 1,
            window: 2_000,
            lease: "relay".to_owned(),
            holder,
        }
    }

    pub(crate) fn lease(&self) -> Lease {
        Lease::new(self.lease.clone(), self.holder)
    }
}
