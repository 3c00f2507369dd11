//! The log, read by SQL as anybody may, and its chain as it is documented.

use std::collections::HashMap;

use serde_json::Value;
use sha2::{Digest, Sha256};
use sqlx::{
    FromRow,
    types::chrono::{DateTime, Utc},
};
use uuid::Uuid;

use crate::support::World;

#[derive(Debug, Clone, FromRow)]
#[expect(clippy::struct_field_names, reason = "as the columns are named")]
pub(crate) struct Event {
    pub(crate) position: i64,
    pub(crate) stream_id: String,
    pub(crate) version: i64,
    pub(crate) event_id: Uuid,
    #[sqlx(rename = "type")]
    pub(crate) event_type: String,
    data_text: String,
    metadata_text: String,
    pub(crate) recorded_at: DateTime<Utc>,
    pub(crate) hash: Vec<u8>,
    #[sqlx(json)]
    pub(crate) data: Value,
    #[sqlx(json)]
    pub(crate) metadata: Value,
}

impl Event {
    /// Category and id.
    pub(crate) fn stream(&self) -> (&str, &str) {
        self.stream_id.split_once('-').unwrap()
    }

    pub(crate) fn command_id(&self) -> &str {
        self.metadata["command_id"].as_str().unwrap()
    }

    /// As docs/events.md has it.
    fn expected_hash(&self, previous: &[u8]) -> Vec<u8> {
        let mut digest = Sha256::new();
        digest.update(previous);
        digest.update(self.position.to_be_bytes());
        digest.update(self.version.to_be_bytes());
        digest.update(self.recorded_at.timestamp_micros().to_be_bytes());
        digest.update(self.event_id.as_bytes());
        for text in [&self.stream_id, &self.event_type, &self.data_text, &self.metadata_text] {
            digest.update(u32::try_from(text.len()).unwrap().to_be_bytes());
            digest.update(text.as_bytes());
        }
        digest.finalize().to_vec()
    }
}

pub(super) async fn read(world: &World) -> Vec<Event> {
    read_after(world, 0, i64::MAX).await
}

/// So many of the events behind a position.
pub(crate) async fn read_after(world: &World, position: i64, limit: i64) -> Vec<Event> {
    sqlx::query_as(
        "select position, stream_id, version, event_id, type, data, metadata, recorded_at, hash,
            data::text as data_text, metadata::text as metadata_text
        from events where position > $1 order by position limit $2",
    )
    .bind(position)
    .bind(limit)
    .fetch_all(&world.pool)
    .await
    .unwrap()
}

/// Positions and versions have no gap, time runs forward, and the chain holds.
pub(super) fn is_whole(log: &[Event]) {
    let mut chain = Chain::default();
    for event in log {
        chain.follow(event);
    }
}

/// As far as the log has been read.
#[derive(Debug)]
pub(crate) struct Chain {
    position: i64,
    hash: Vec<u8>,
    latest: DateTime<Utc>,
    versions: HashMap<String, i64>,
}

impl Default for Chain {
    fn default() -> Self {
        Self { position: 0, hash: vec![0; 32], latest: DateTime::<Utc>::MIN_UTC, versions: HashMap::new() }
    }
}

impl Chain {
    /// The next event; panics where it breaks a rule.
    pub(crate) fn follow(&mut self, event: &Event) {
        self.position += 1;
        let position = self.position;
        assert_eq!(event.position, position, "positions have no gap");
        let version = self.versions.entry(event.stream_id.clone()).or_default();
        *version += 1;
        assert_eq!(event.version, *version, "versions of {} have no gap", event.stream_id);
        assert!(event.recorded_at >= self.latest, "time ran backwards at {position}");
        assert!(event.hash == event.expected_hash(&self.hash), "the chain breaks at {position}");
        (self.hash, self.latest) = (event.hash.clone(), event.recorded_at);
    }

    pub(crate) fn position(&self) -> i64 {
        self.position
    }

    pub(crate) fn hash(&self) -> &[u8] {
        &self.hash
    }
}
