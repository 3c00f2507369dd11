//! What a message from `JetStream` says, and whether it may be believed.

use async_nats::jetstream::Message;
use chrono::{DateTime, Utc};
use data_encoding::HEXLOWER;
use event_store::{HashColumn, Position, RecordedEvent};
use serde::Deserialize;
use serde_json::value::RawValue;
use uuid::Uuid;

const LOG_ID: &str = "Stagedoor-Log-Id";
const HASH: &str = "Stagedoor-Hash";
const STUB: &str = "Stagedoor-Stub";

/// Why a message is not taken at its word; the log is read instead.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Doubt {
    /// It is of another log.
    #[error("a message of another log")]
    OtherLog,
    /// Its place in the stream is not its place in the log.
    #[error("position {position} arrived as sequence {sequence}")]
    Misplaced { position: Position, sequence: Position },
    /// The relay did not write it.
    #[error("not an event: {0}")]
    Foreign(String),
    /// It was too large to be published whole.
    #[error("an event that must be read from the log")]
    Stub,
    /// One or several before it are missing.
    #[error("expected position {expected}, heard {heard}")]
    Gap { expected: Position, heard: Position },
}

impl Doubt {
    /// Whether the stream itself is doubtful, not only this one message.
    pub(crate) fn condemns_the_stream(&self) -> bool {
        match self {
            Self::OtherLog | Self::Misplaced { .. } | Self::Foreign(_) => true,
            Self::Stub | Self::Gap { .. } => false,
        }
    }
}

#[derive(Deserialize)]
struct Body<'a> {
    position: Position,
    stream_id: String,
    version: i64,
    event_id: Uuid,
    #[serde(rename = "type")]
    event_type: String,
    #[serde(borrow)]
    data: &'a RawValue,
    #[serde(borrow)]
    metadata: &'a RawValue,
    recorded_at: DateTime<Utc>,
}

/// A message's place in the stream; `None` if it did not come from one.
pub(crate) fn sequence(message: &Message) -> Option<Position> {
    message.info().ok().and_then(|info| Position::try_from(info.stream_sequence).ok())
}

/// Reads the event in a message that arrived as `sequence`.
pub(crate) fn read(message: &Message, sequence: Position, log_id: Uuid) -> Result<RecordedEvent, Doubt> {
    if header(message, LOG_ID).and_then(|id| id.parse().ok()) != Some(log_id) {
        return Err(Doubt::OtherLog);
    }
    if header(message, STUB).is_some() {
        return Err(Doubt::Stub);
    }
    let foreign = |error: serde_json::Error| Doubt::Foreign(error.to_string());
    let body: Body<'_> = serde_json::from_slice(&message.payload).map_err(foreign)?;
    if body.position != sequence {
        return Err(Doubt::Misplaced { position: body.position, sequence });
    }
    let hash = header(message, HASH).and_then(hash).ok_or_else(|| Doubt::Foreign("no hash".to_owned()))?;
    Ok(RecordedEvent {
        position: body.position,
        stream_id: body.stream_id,
        version: body.version,
        event_id: body.event_id,
        event_type: body.event_type,
        data: body.data.get().to_owned(),
        metadata: body.metadata.get().to_owned(),
        recorded_at: body.recorded_at,
        hash,
    })
}

fn header<'a>(message: &'a Message, name: &str) -> Option<&'a str> {
    message.headers.as_ref()?.get(name).map(async_nats::HeaderValue::as_str)
}

/// 64 hexadecimal digits.
fn hash(text: &str) -> Option<HashColumn> {
    HashColumn::try_from(HEXLOWER.decode(text.as_bytes()).ok()?).ok()
}
