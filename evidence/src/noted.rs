//! The newest checkpoint as the log's own database knows it. No evidence, since the database's owner can change it: it
//! says when the next is due, and notices when checkpoints are gone.

use chrono::{DateTime, Utc};
use event_store::{Hash, HashColumn, Position};
use sqlx::{FromRow, PgConnection};
use uuid::Uuid;

use crate::checkpoint::Checkpoint;

/// A checkpoint, as far as it is remembered.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub(crate) struct Noted {
    pub(crate) sequence: i64,
    pub(crate) position: Position,
    #[sqlx(try_from = "Vec<u8>")]
    hash: HashColumn,
    pub(crate) issued_at: DateTime<Utc>,
}

impl Noted {
    pub(crate) const fn hash(&self) -> Hash {
        self.hash.0
    }
}

impl From<&Checkpoint> for Noted {
    fn from(checkpoint: &Checkpoint) -> Self {
        let Checkpoint { sequence, to, issued_at, .. } = *checkpoint;
        Self { sequence, position: to, hash: HashColumn(checkpoint.hash()), issued_at }
    }
}

/// The newest of this log.
pub(crate) async fn newest(
    connection: &mut PgConnection,
    log_id: Uuid,
) -> Result<Option<Noted>, sqlx::Error> {
    sqlx::query_as(include_str!("sql/noted.sql")).bind(log_id).fetch_optional(connection).await
}

/// Remembers it, unless a newer one is known.
pub(crate) async fn note(connection: &mut PgConnection, checkpoint: &Checkpoint) -> Result<(), sqlx::Error> {
    sqlx::query(include_str!("sql/note.sql"))
        .bind(checkpoint.log_id)
        .bind(checkpoint.sequence)
        .bind(checkpoint.to)
        .bind(checkpoint.hash().as_slice())
        .bind(checkpoint.issued_at)
        .execute(connection)
        .await
        .map(|_| ())
}
