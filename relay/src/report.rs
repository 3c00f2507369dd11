//! `stagedoor relay status`.

use async_nats::jetstream::{self, stream::Info};
use chrono::{DateTime, Utc};
use event_store::{LogReader, Position};
use serde::Serialize;
use uuid::Uuid;

use crate::{
    error::{Accident, RelayError},
    identity::{self, as_position},
    nats::Link,
    options::RelayOptions,
    stream,
};

/// Whether stream and log tell the same story.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "verdict", rename_all = "snake_case")]
pub enum Verdict {
    /// There is no stream; a running relay makes one.
    Missing,
    /// The stream's last message is the log's event at that position.
    Same,
    /// The stream belongs to this log, but holds no message to compare.
    NothingToCompare,
    /// They differ: only `stagedoor relay reset` helps.
    Differs {
        /// How.
        reason: Accident,
    },
}

impl Verdict {
    /// Whether somebody has to do something.
    #[must_use]
    pub const fn is_fault(&self) -> bool {
        match self {
            Self::Differs { .. } => true,
            Self::Missing | Self::Same | Self::NothingToCompare => false,
        }
    }
}

impl std::fmt::Display for Verdict {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Missing => f.write_str("there is no stream; a running relay makes one"),
            Self::Same => f.write_str("the stream equals the log as far as it goes"),
            Self::NothingToCompare => f.write_str("the stream is this log's and holds no message"),
            Self::Differs { reason } => {
                write!(f, "{reason}: `stagedoor relay reset` fills it again from the log")
            }
        }
    }
}

/// The stream.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StreamReport {
    /// Its first sequence.
    pub first_sequence: u64,
    /// Its last sequence.
    pub last_sequence: u64,
    /// How many messages it holds.
    pub messages: u64,
    /// Their size in bytes.
    pub bytes: u64,
    /// When it was made.
    pub created_at: DateTime<Utc>,
}

/// What `stagedoor relay status` shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StatusReport {
    /// The log.
    pub log_id: Uuid,
    /// The log's last position.
    pub head: Position,
    /// The stream's name.
    pub name: String,
    /// The stream, if it is there.
    pub stream: Option<StreamReport>,
    /// How many events are not in the stream yet; negative when it is ahead.
    pub lag: Position,
    /// Whether stream and log tell the same story.
    #[serde(flatten)]
    pub verdict: Verdict,
    /// Who holds the relay's lease.
    pub leader: Option<Uuid>,
}

/// Looks at stream and log, changing nothing.
///
/// # Errors
/// Postgres or NATS can't be reached.
pub async fn status(options: &RelayOptions) -> Result<StatusReport, RelayError> {
    let link = Link::open(&options.nats, 1).await?;
    let context = jetstream::new(link.client.clone());
    let mut log = LogReader::new(options.database.clone(), "relay status");
    let verdict = match identity::examine(&context, &mut log, options).await {
        Ok(examined) if examined.stream.is_none() => Verdict::Missing,
        Ok(examined) if examined.compared => Verdict::Same,
        Ok(_) => Verdict::NothingToCompare,
        Err(RelayError::Stopped(reason)) => Verdict::Differs { reason },
        Err(error) => return Err(error),
    };
    let stream = stream::look_up(&context, &options.stream).await?.as_ref().map(StreamReport::from);
    let head = log.head().await?;
    Ok(StatusReport {
        log_id: head.log_id,
        head: head.position,
        name: options.stream.clone(),
        lag: head.position - stream.as_ref().map_or(0, |stream| as_position(stream.last_sequence)),
        stream,
        verdict,
        leader: leader(options).await?,
    })
}

impl From<&Info> for StreamReport {
    fn from(info: &Info) -> Self {
        Self {
            first_sequence: info.state.first_sequence,
            last_sequence: info.state.last_sequence,
            messages: info.state.messages,
            bytes: info.state.bytes,
            created_at: info.created,
        }
    }
}

pub(crate) async fn leader(options: &RelayOptions) -> Result<Option<Uuid>, RelayError> {
    let mut connection = event_store::connect(&options.database, "relay status").await?;
    Ok(options.lease().holder(&mut connection).await?)
}
