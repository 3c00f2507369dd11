//! How far a read model has come, and the fence that lets only one writer advance it.

use event_store::{Head, Position};
use faultpoint::{Sabotage, sabotaged};
use sqlx::{Connection, FromRow, PgConnection, Postgres, Transaction};
use uuid::Uuid;

use crate::{batch::Stop, read_model::ReadModel};

/// What a projection is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, sqlx::Type, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum ProjectionState {
    /// It follows the log.
    Running,
    /// It was emptied and has not come back to where it was.
    Rebuilding,
    /// It can't go on; the reason says why.
    Stopped,
}

/// A read model's checkpoint as its writer last saw it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Checkpoint {
    /// The last event applied.
    pub(crate) position: Position,
    /// The log that position counts in.
    pub(crate) log_id: Uuid,
    /// Until here the read model counts as being rebuilt; 0 if it is not.
    pub(crate) rebuilt_at: Position,
}

#[derive(FromRow)]
struct Row {
    position: Position,
    log_id: Uuid,
    version: i32,
    state: ProjectionState,
}

/// Why there is no checkpoint to work from.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CheckpointError {
    #[error(transparent)]
    Stop(#[from] Stop),
    #[error(transparent)]
    Database(#[from] sqlx::Error),
}

/// The checkpoint to work from. A first start makes it; a checkpoint of another log, of an older fold, or beyond the
/// end of the log is refused, and the read model starts again from nothing.
pub(crate) async fn ensure<M: ReadModel>(
    connection: &mut PgConnection,
    head: &Head,
) -> Result<Checkpoint, CheckpointError> {
    let mut transaction = connection.begin().await?;
    sqlx::query(include_str!("sql/checkpoint_create.sql"))
        .bind(M::NAME)
        .bind(head.log_id)
        .bind(M::VERSION)
        .execute(&mut *transaction)
        .await?;
    let row: Row = sqlx::query_as(include_str!("sql/checkpoint_lock.sql"))
        .bind(M::NAME)
        .fetch_one(&mut *transaction)
        .await?;
    if row.version > M::VERSION {
        let (found, known) = (row.version, M::VERSION);
        return Err(Stop(format!("built by version {found} of its fold, this program has {known}")).into());
    }
    let foreign = row.log_id != head.log_id || row.position > head.position || row.version < M::VERSION;
    if foreign {
        tracing::warn!(projection = M::NAME, "the checkpoint is of another log or fold: rebuilding");
        reset::<M>(&mut transaction, head.log_id).await?;
    }
    transaction.commit().await?;
    let position = if foreign { 0 } else { row.position };
    let rebuilding = foreign || row.state == ProjectionState::Rebuilding;
    Ok(Checkpoint { position, log_id: head.log_id, rebuilt_at: if rebuilding { head.position } else { 0 } })
}

/// Empties the read model. Rows and checkpoint go together: whoever reads sees either the old or nothing.
async fn reset<M: ReadModel>(transaction: &mut PgConnection, log_id: Uuid) -> Result<(), sqlx::Error> {
    M::clear(&mut *transaction).await?;
    sqlx::query(include_str!("sql/unpark_all.sql")).bind(M::NAME).execute(&mut *transaction).await?;
    sqlx::query(include_str!("sql/checkpoint_reset.sql"))
        .bind(M::NAME)
        .bind(log_id)
        .bind(M::VERSION)
        .execute(&mut *transaction)
        .await?;
    Ok(())
}

/// Locks the checkpoint for this transaction; `None` if it is no longer where it was: someone else works.
pub(crate) async fn lock<M: ReadModel>(
    transaction: &mut Transaction<'_, Postgres>,
    expected: &Checkpoint,
) -> Result<Option<Checkpoint>, sqlx::Error> {
    let row: Option<Row> = sqlx::query_as(include_str!("sql/checkpoint_lock.sql"))
        .bind(M::NAME)
        .fetch_optional(&mut **transaction)
        .await?;
    let same = |row: &Row| {
        (row.position, row.log_id, row.version) == (expected.position, expected.log_id, M::VERSION)
    };
    let ours = row.filter(|row| same(row) || sabotaged(Sabotage::FencingOff));
    Ok(ours.map(|row| Checkpoint { position: row.position, ..*expected }))
}

/// Moves the checkpoint from where it was expected to `position`; `None` if it was not there.
pub(crate) async fn advance<M: ReadModel>(
    connection: &mut PgConnection,
    expected: &Checkpoint,
    position: Position,
) -> Result<Option<Checkpoint>, sqlx::Error> {
    let rebuilding = position < expected.rebuilt_at;
    let moved = sqlx::query(include_str!("sql/checkpoint_advance.sql"))
        .bind(M::NAME)
        .bind(expected.position)
        .bind(expected.log_id)
        .bind(M::VERSION)
        .bind(position)
        .bind(if rebuilding { ProjectionState::Rebuilding } else { ProjectionState::Running })
        .execute(connection)
        .await?;
    let rebuilt_at = if rebuilding { expected.rebuilt_at } else { 0 };
    Ok((moved.rows_affected() == 1).then_some(Checkpoint { position, rebuilt_at, ..*expected }))
}

/// Where the read model is now.
pub(crate) async fn position(connection: &mut PgConnection, name: &str) -> Result<Position, sqlx::Error> {
    let found: Option<Position> = sqlx::query_scalar(include_str!("sql/checkpoint_position.sql"))
        .bind(name)
        .fetch_optional(connection)
        .await?;
    Ok(found.unwrap_or_default())
}

/// Where the furthest behind of these read models goes on in a log.
pub(crate) async fn lowest(
    connection: &mut PgConnection,
    names: &[&str],
    log_id: Uuid,
) -> Result<Position, sqlx::Error> {
    let query = sqlx::query_scalar(include_str!("sql/checkpoint_lowest.sql")).bind(names).bind(log_id);
    query.fetch_one(connection).await
}

/// Says why the projection can't go on.
pub(crate) async fn stop(connection: &mut PgConnection, name: &str, reason: &str) -> Result<(), sqlx::Error> {
    sqlx::query(include_str!("sql/checkpoint_stop.sql")).bind(name).bind(reason).execute(connection).await?;
    Ok(())
}
