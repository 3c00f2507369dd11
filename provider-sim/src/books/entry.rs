//! A line of the books.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{intent::Intent, notice::Notice, refund::Refund};

/// What is written down. The newest line about something is the one that holds.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "entry", rename_all = "snake_case")]
pub(crate) enum Entry {
    Intent(Intent),
    Refund(Refund),
    Answer(Answer),
    /// A fault that was played, so that it is played so often and not oftener.
    Tripped {
        what: String,
    },
    Notice(Notice),
    /// A notice was taken once.
    Told {
        intent: String,
        notice: String,
    },
    /// A notice was told often enough in vain.
    GivenUp {
        intent: String,
        notice: String,
    },
}

/// What was answered under an `Idempotency-Key`.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Answer {
    pub(crate) key: String,
    /// The path and the form, sorted.
    pub(crate) request: String,
    pub(crate) at: DateTime<Utc>,
    /// Until then, whoever asks again is told that the first is still being answered.
    pub(crate) ready_at: DateTime<Utc>,
    pub(crate) reply: Reply,
}

/// An answer's content.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Reply {
    /// As it was then.
    Given { status: u16, body: Value },
    /// The charge as it is when it is answered.
    OfIntent { id: String },
}
