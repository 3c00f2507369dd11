//! Events as they lie in the log.

use chrono::{DateTime, Utc};
use domain::{ParseStreamIdError, StoredEvent, StreamId};
use serde::{Deserialize, Serialize};
use sqlx::{FromRow, Row, postgres::PgRow};
use uuid::Uuid;

use crate::canonical;

/// A place in the log: gapless, from 1, in commit order. 0 is "before the first event".
pub type Position = i64;

/// SHA-256 over the previous event's hash and an event's canonical bytes.
pub type Hash = [u8; 32];

/// From 1970-01-01, where hashed times are counted from, to 2000-01-01, where Postgres counts from, in microseconds.
pub(crate) const POSTGRES_EPOCH: i64 = 946_684_800_000_000;

/// An event with everything the log knows about it.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct RecordedEvent {
    /// Its place in the log.
    pub position: Position,
    /// The stream it belongs to, such as `order-0199…`.
    pub stream_id: String,
    /// Its place in that stream, from 1.
    pub version: i64,
    /// Its own name.
    pub event_id: Uuid,
    /// Its type, such as `OrderPlaced`.
    #[sqlx(rename = "type")]
    pub event_type: String,
    /// Its payload: the exact bytes of a JSON object.
    pub data: String,
    /// Who, why, in which shape: the exact bytes of a JSON object; see [`Metadata`].
    pub metadata: String,
    /// When it was appended. Never earlier than the event before it.
    pub recorded_at: DateTime<Utc>,
    /// Vouches for this event and all before it.
    #[sqlx(try_from = "Vec<u8>")]
    pub hash: HashColumn,
}

/// What read models need of an event, where it lies: nothing is copied.
#[derive(Debug, Clone, Copy)]
pub struct Glimpse<'a> {
    /// Its place in the log.
    pub position: Position,
    /// The stream it belongs to.
    pub stream_id: &'a str,
    /// Its place in that stream, from 1.
    pub version: i64,
    /// Its type.
    pub event_type: &'a str,
    /// Its payload.
    pub data: &'a str,
    /// Who, why, in which shape.
    pub metadata: &'a str,
    /// When it was appended.
    pub recorded_at: DateTime<Utc>,
}

impl<'a> Glimpse<'a> {
    /// The columns of `sql/read_categories.sql`, in their order.
    pub(crate) fn of(row: &'a PgRow) -> Result<Self, sqlx::Error> {
        Ok(Self {
            position: row.try_get(0)?,
            stream_id: row.try_get(1)?,
            version: row.try_get(2)?,
            event_type: row.try_get(3)?,
            data: row.try_get_unchecked(4)?,
            metadata: row.try_get_unchecked(5)?,
            recorded_at: row.try_get(6)?,
        })
    }

    /// The stream, parsed.
    ///
    /// # Errors
    /// The log holds a stream of a category that this program does not know.
    pub fn stream(&self) -> Result<StreamId, ParseStreamIdError> {
        self.stream_id.parse()
    }

    /// The part of it that the domain decodes.
    ///
    /// # Errors
    /// The metadata is not what this program writes.
    pub fn stored(&self) -> Result<StoredEvent<'a>, serde_json::Error> {
        Ok(StoredEvent { event_type: self.event_type, schema: schema_of(self.metadata)?, data: self.data })
    }
}

/// [`Hash`] as a column: exactly 32 bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HashColumn(pub Hash);

impl TryFrom<Vec<u8>> for HashColumn {
    type Error = std::array::TryFromSliceError;

    fn try_from(bytes: Vec<u8>) -> Result<Self, Self::Error> {
        bytes.as_slice().try_into().map(Self)
    }
}

/// What accompanies an event. Names users by id only.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Metadata {
    /// The shape of the payload; see `domain`'s upcasters.
    pub schema: u16,
    /// The user who asked for it; absent where a process acted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub actor: Option<Uuid>,
    /// What it belongs to: for everything around an order, the order.
    pub correlation: Uuid,
    /// The event that led to it, where one did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub causation: Option<Uuid>,
    /// The command that made it.
    pub command_id: Uuid,
    /// The W3C trace context of the request, where there was one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub traceparent: Option<String>,
}

impl Metadata {
    /// As it is stored. Ids, numbers and text can always be written; if ever not, the log refuses what this returns.
    pub(crate) fn to_json(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }
}

impl RecordedEvent {
    /// The same, without a copy.
    #[must_use]
    pub fn glimpse(&self) -> Glimpse<'_> {
        Glimpse {
            position: self.position,
            stream_id: &self.stream_id,
            version: self.version,
            event_type: &self.event_type,
            data: &self.data,
            metadata: &self.metadata,
            recorded_at: self.recorded_at,
        }
    }

    /// The stream, parsed.
    ///
    /// # Errors
    /// The log holds a stream of a category that this program does not know.
    pub fn stream(&self) -> Result<StreamId, ParseStreamIdError> {
        self.stream_id.parse()
    }

    /// The metadata, parsed.
    ///
    /// # Errors
    /// The metadata is not what this program writes.
    pub fn metadata(&self) -> Result<Metadata, serde_json::Error> {
        serde_json::from_str(&self.metadata)
    }

    /// The part of it that the domain decodes.
    ///
    /// # Errors
    /// The metadata is not what this program writes.
    pub fn stored(&self) -> Result<StoredEvent<'_>, serde_json::Error> {
        let schema = schema_of(&self.metadata)?;
        Ok(StoredEvent { event_type: &self.event_type, schema, data: &self.data })
    }

    /// The hash this event should have after `previous`.
    #[must_use]
    pub fn expected_hash(&self, previous: &Hash) -> Hash {
        canonical::hash(
            previous,
            &canonical::Fields {
                position: self.position,
                stream_id: &self.stream_id,
                version: self.version,
                event_id: self.event_id,
                event_type: &self.event_type,
                recorded_at: self.recorded_at,
                data: &self.data,
                metadata: &self.metadata,
            },
        )
    }
}

/// The payload's shape, without reading the rest of the metadata.
pub(crate) fn schema_of(metadata: &str) -> Result<u16, serde_json::Error> {
    #[derive(Deserialize)]
    struct Schema {
        schema: u16,
    }
    serde_json::from_str::<Schema>(metadata).map(|metadata| metadata.schema)
}
