//! An event as read models see it: decoded, with its place and time.

use chrono::{DateTime, Utc};
use domain::{DecodeError, DomainEvent, StoredEvent, StreamId};
use event_store::{Glimpse, Position};
use faultpoint::{Sabotage, sabotaged};

/// An event, decoded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Happened {
    /// Its place in the log.
    pub position: Position,
    /// Its place in its stream, from 1.
    pub version: i64,
    /// When it was recorded.
    pub at: DateTime<Utc>,
    /// What happened, and to what.
    pub event: DomainEvent,
}

/// Why an event could not be read.
#[derive(Debug, thiserror::Error)]
pub enum Unreadable {
    /// A newer program wrote it. To pass over it would lose it for good once this program has been replaced.
    #[error("event {position}: {reason}")]
    Newer {
        /// Its place in the log.
        position: Position,
        /// What is not known here.
        reason: String,
    },
    /// It is damaged.
    #[error("{0}")]
    Malformed(String),
}

impl Happened {
    /// Decodes an event of a stream that has been parsed already.
    pub fn decode(event: Glimpse<'_>, stream: StreamId) -> Result<Self, Unreadable> {
        let stored = event.stored().map_err(|error| Unreadable::Malformed(format!("metadata: {error}")))?;
        let decoded = decode(stream, stored).map_err(|error| unreadable(event.position, &error))?;
        Ok(Self { position: event.position, version: event.version, at: event.recorded_at, event: decoded })
    }

    /// The stream it belongs to.
    #[must_use]
    pub fn stream(&self) -> StreamId {
        self.event.stream()
    }
}

fn decode(stream: StreamId, stored: StoredEvent<'_>) -> Result<DomainEvent, DecodeError> {
    if stored.event_type == "TicketCheckedIn" && sabotaged(Sabotage::OlderThanCheckIns) {
        return Err(DecodeError::UnknownType { event_type: stored.event_type.to_owned() });
    }
    DomainEvent::decode(stream, stored)
}

fn unreadable(position: Position, error: &DecodeError) -> Unreadable {
    let reason = error.to_string();
    match error {
        DecodeError::NewerSchema { .. } | DecodeError::UnknownType { .. } => {
            Unreadable::Newer { position, reason }
        }
        DecodeError::Malformed { .. } => Unreadable::Malformed(reason),
    }
}
