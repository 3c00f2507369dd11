//! What is kept of a show.

use chrono::{DateTime, Utc};
use domain::{ShowDraft, ShowStatus, UserId};
use event_store::Position;

use crate::happened::Happened;

/// A show as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShowRow {
    /// Who puts it on.
    pub organizer: UserId,
    /// Where it stands.
    pub status: ShowStatus,
    /// Events in its stream.
    pub version: i64,
    /// Whether it ever was on sale.
    pub published: bool,
    /// All the organizer said about it last.
    pub draft: ShowDraft,
    /// The event that made it.
    pub created_position: Position,
    /// When it was made.
    pub created_at: DateTime<Utc>,
}

impl ShowRow {
    pub(super) fn new(organizer: UserId, draft: ShowDraft, event: &Happened) -> Self {
        Self {
            organizer,
            status: ShowStatus::Draft,
            version: event.version,
            published: false,
            draft,
            created_position: event.position,
            created_at: event.at,
        }
    }
}
