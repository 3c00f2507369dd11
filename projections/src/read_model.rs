//! The shape every read model has: a fold of the log.

use std::fmt;

use domain::StreamId;
use sqlx::PgConnection;

use crate::happened::Happened;

/// A table, or a few, that follow from the log and from nothing else.
///
/// `fold` is pure and works on one entity at a time, so the same function serves a batch as it arrives, a rebuild in
/// memory and a verification.
pub trait ReadModel: Send + Sync + 'static {
    /// The name of its checkpoint.
    const NAME: &'static str;

    /// To be raised whenever `fold` or the tables change: the read model is then rebuilt from the first event.
    const VERSION: i32;

    /// What is kept of one entity.
    type Row: Clone + fmt::Debug + PartialEq + Send + Sync;

    /// The entity that a stream's events concern; `None` if they do not concern this read model.
    ///
    /// Derived from the stream alone, so that an event which can't be read still has an entity to be parked with.
    fn entity(stream: StreamId) -> Option<StreamId>;

    /// Whether the event is the first of its entity, of which there can then be no row. Only said where it is certain:
    /// it saves looking for one.
    #[must_use]
    fn begins(event: &Happened) -> bool {
        event.version == 1 && Self::entity(event.stream()) == Some(event.stream())
    }

    /// The row after the event.
    fn fold(row: Option<Self::Row>, event: &Happened) -> Result<Self::Row, Misfit>;

    /// The rows of these entities, where there are any, in one query.
    fn load(
        connection: &mut PgConnection,
        entities: &[StreamId],
    ) -> impl Future<Output = Result<Vec<(StreamId, Self::Row)>, sqlx::Error>> + Send;

    /// Writes the rows, new and changed ones alike, in one statement per table. Writing a row twice changes nothing.
    fn save(
        connection: &mut PgConnection,
        rows: &[(StreamId, Self::Row)],
    ) -> impl Future<Output = Result<(), sqlx::Error>> + Send;

    /// Writes the rows of entities that begin. If one is there in spite of [`ReadModel::begins`], this fails, and the
    /// batch is written event by event instead.
    fn insert(
        connection: &mut PgConnection,
        rows: &[(StreamId, Self::Row)],
    ) -> impl Future<Output = Result<(), sqlx::Error>> + Send {
        Self::save(connection, rows)
    }
}

/// Why an event can't be applied to its entity's row.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Misfit(pub String);

impl Misfit {
    /// The event presumes an entity that is not there.
    #[must_use]
    pub fn no_row(event: &Happened) -> Self {
        Self(format!("event {} presumes {}, which has no row", event.position, event.stream()))
    }

    /// The event is of a stream that `entity` does not name.
    #[must_use]
    pub fn not_concerned(event: &Happened) -> Self {
        Self(format!("event {} of {} does not concern this read model", event.position, event.stream()))
    }
}
