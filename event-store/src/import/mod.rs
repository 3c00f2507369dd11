//! Filling an empty log with the events of another.
//!
//! All in one transaction: whatever goes wrong, the log is as empty as it was, and half a log is never taken for a whole
//! one. It lasts as long as it lasts, which hurts nobody: there is nothing yet that others could read.

mod rows;

use futures::{Stream, StreamExt};
use sqlx::{PgConnection, postgres::PgConnectOptions};
use uuid::Uuid;

use crate::{
    chain::{Broken, Chain},
    connect::connect,
    identity,
    reader::{self, Head},
    record::{Position, RecordedEvent},
};

/// Why a log was not imported. Nothing of it is there.
#[derive(Debug, thiserror::Error)]
pub enum ImportError<E> {
    /// The log has events already.
    #[error("the log has {0} events: only an empty one can be filled")]
    NotEmpty(Position),
    /// The events are not one log, whole and unchanged.
    #[error(transparent)]
    Broken(#[from] Broken),
    /// A stream has a gap, or its events are out of order.
    #[error("the event at position {0} is not the next of its stream")]
    Version(Position),
    /// The events could not be read.
    #[error("{0}")]
    Source(E),
    /// The database can't be reached, or refused.
    #[error(transparent)]
    Database(sqlx::Error),
}

impl<E> From<sqlx::Error> for ImportError<E> {
    fn from(error: sqlx::Error) -> Self {
        Self::Database(error)
    }
}

/// Fills an empty log, as the schema's owner, and gives it an id of its own: what followed the log that the events come
/// from must not take this one for it. Position, hash, time and version of each event are verified on the way.
///
/// # Errors
/// See [`ImportError`].
pub async fn import<E>(
    database: &PgConnectOptions,
    events: impl Stream<Item = Result<Vec<RecordedEvent>, E>>,
) -> Result<Head, ImportError<E>> {
    // Whatever fails takes its connection along, and the server then forgets what it was sent.
    let mut connection = connect(database, "import").await?;
    identity::lock(&mut connection).await?;
    let head = reader::head(&mut connection).await?;
    if head.position > 0 {
        return Err(ImportError::NotEmpty(head.position));
    }
    let end = copy(&mut connection, events).await?;
    if let Some(position) = misplaced(&mut connection).await? {
        return Err(ImportError::Version(position));
    }
    let log_id = identity::renew(&mut connection).await?;
    sqlx::raw_sql(include_str!("../sql/import_commit.sql")).execute(&mut connection).await?;
    // A table that was filled at once has no statistics yet; without them the log is there all the same.
    if let Err(error) = sqlx::raw_sql("analyze events").execute(&mut connection).await {
        tracing::warn!(%error, "the planner knows nothing of the log until autovacuum comes: analyze events");
    }
    Ok(Head { log_id, position: end.position(), hash: end.hash() })
}

async fn copy<E>(
    connection: &mut PgConnection,
    events: impl Stream<Item = Result<Vec<RecordedEvent>, E>>,
) -> Result<Chain, ImportError<E>> {
    let mut events = std::pin::pin!(events);
    let mut chain = Chain::default();
    let mut copying = connection.copy_in_raw(include_str!("../sql/import_copy.sql")).await?;
    let mut rows = rows::begin();
    while let Some(page) = events.next().await {
        for event in page.map_err(ImportError::Source)? {
            chain.follow(&event)?;
            rows::write(&event, &mut rows);
        }
        copying.send(&rows[..]).await?;
        rows.clear();
    }
    rows::end(&mut rows);
    copying.send(&rows[..]).await?;
    copying.finish().await?;
    Ok(chain)
}

/// The chain vouches for versions as they were written. Whether they have no gap, only the index over streams can tell
/// without holding all of them in memory.
async fn misplaced(connection: &mut PgConnection) -> Result<Option<Position>, sqlx::Error> {
    sqlx::query_scalar(include_str!("../sql/import_misplaced.sql")).fetch_optional(connection).await
}

/// Gives the log another id, as the schema's owner: after a restore to an older state, so that nothing that knows what came
/// after it takes this log for that one. Returns the new id.
///
/// # Errors
/// The database can't be reached, or the role may not.
pub async fn renew_log_id(database: &PgConnectOptions) -> Result<Uuid, sqlx::Error> {
    let mut connection = connect(database, "new log id").await?;
    identity::lock(&mut connection).await?;
    let log_id = identity::renew(&mut connection).await?;
    sqlx::raw_sql("commit").execute(&mut connection).await?;
    Ok(log_id)
}
