//! What can go wrong, and what must not be healed in silence.

use event_store::Position;
use serde::Serialize;
use uuid::Uuid;

/// Stream and log tell different stories. Only `stagedoor relay reset` deletes the stream and fills it again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, thiserror::Error)]
#[serde(tag = "accident", rename_all = "snake_case")]
pub enum Accident {
    /// The stream was not made for this log: it names another one, or none.
    #[error("the stream was made for {}, this is log {log}", found.as_deref().unwrap_or("no log"))]
    AnotherLog {
        /// The log that the stream's metadata names.
        found: Option<String>,
        /// The log in Postgres.
        log: Uuid,
    },
    /// A message that no relay published.
    #[error("message {sequence} on `{subject}` was not published by a relay")]
    Foreign {
        /// Its sequence in the stream.
        sequence: u64,
        /// Its subject.
        subject: String,
    },
    /// A message of another history: published from another log, or from this one before it was cut and grew again.
    #[error("message {sequence} holds event {found}, the log does not hold it there")]
    AnotherHistory {
        /// Its sequence in the stream.
        sequence: u64,
        /// The event it holds.
        found: Uuid,
    },
    /// NATS says that the stream ends at one place, and that what is published must follow another: a damaged store does
    /// that until the stream is made anew.
    #[error("the stream ends at {last}, but NATS accepts only what follows {expected}")]
    Contradiction {
        /// The last sequence, as the stream is described.
        last: u64,
        /// The last sequence, as a refusal has it.
        expected: u64,
    },
    /// NATS counts messages at the stream's end that it does not hand out: a damaged store does that.
    #[error("of {of} messages at the stream's end NATS shows only {shown}")]
    Hidden {
        /// How many came.
        shown: u64,
        /// How many there are said to be.
        of: u64,
    },
    /// The stream is longer than the log.
    #[error("the stream ends at {last}, the log already at {head}")]
    Ahead {
        /// The stream's last sequence.
        last: u64,
        /// The log's last position.
        head: Position,
    },
}

/// Why the relay could not go on.
#[derive(Debug, thiserror::Error)]
pub enum RelayError {
    /// Postgres can't be reached, or refused.
    #[error("the log can't be read: {0}")]
    Log(#[from] sqlx::Error),
    /// NATS can't be reached, or refused.
    #[error("NATS did not {asked}: {reason}")]
    Nats {
        /// What it was asked to do.
        asked: &'static str,
        /// What it answered.
        reason: String,
    },
    /// A message's fate is not known, or it was refused: look at the stream again.
    #[error("publishing {position} was answered with: {reason}")]
    Doubt {
        /// The position whose acknowledgement was awaited.
        position: Position,
        /// What came instead.
        reason: String,
    },
    /// Not all messages at the stream's end were shown.
    #[error("of {of} messages at the stream's end only {shown} came")]
    Hidden {
        /// How many came.
        shown: u64,
        /// How many there are said to be.
        of: u64,
    },
    /// JetStream says that the stream does not end where it was found to end.
    #[error("publishing {position} was refused: the stream ends at {last}")]
    OutOfStep {
        /// The position that was to follow.
        position: Position,
        /// Where the stream ends, as the refusal has it.
        last: u64,
    },
    /// The log was cut or exchanged while it was read, or is damaged: positions or hashes don't follow.
    #[error("the log no longer continues what was published up to {0}")]
    LogChanged(Position),
    /// An event whose stream or type can't stand in a subject or header.
    #[error("event {0} can't be named in a message")]
    Unnameable(Position),
    /// The relay must not go on by itself.
    #[error("{0}; only `stagedoor relay reset` deletes and refills the stream")]
    Stopped(#[from] Accident),
    /// The stream is not being refilled.
    #[error("the stream has stayed at {0} for too long; the running relay's readiness says why")]
    NotRefilling(Position),
}

impl RelayError {
    pub(crate) fn nats(asked: &'static str) -> impl FnOnce(async_nats::Error) -> Self {
        move |error| Self::Nats { asked, reason: error.to_string() }
    }
}

/// Turns an error of `async_nats` into ours.
pub(crate) trait Asked<T> {
    /// Says what NATS was asked to do.
    fn asked(self, what: &'static str) -> Result<T, RelayError>;
}

impl<T, E: Into<async_nats::Error>> Asked<T> for Result<T, E> {
    fn asked(self, what: &'static str) -> Result<T, RelayError> {
        self.map_err(|error| RelayError::nats(what)(error.into()))
    }
}
