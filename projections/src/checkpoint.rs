//! How far a read model has come, and the fence that lets only one writer advance it.

use event_store::Position;
use faultpoint::{Sabotage, sabotaged};
use sqlx::{Connection, FromRow, PgConnection, Postgres, Transaction};
use uuid::Uuid;

use crate::{
    batch::Stop,
    fence::Fence,
    parked,
    read_model::ReadModel,
    slot::{Slot, Until},
    tables,
};

/// What a projection is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, sqlx::Type, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum ProjectionState {
    /// It follows the log.
    Running,
    /// It is made anew from the log: beside the rows that are read, or, if those were of another log, in their place.
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
    /// The version of the fold that began these rows; an older one until they are replaced.
    pub(crate) version: i32,
    /// Where the rows are.
    pub(crate) slot: Slot,
    /// Until here the read model counts as being rebuilt; 0 if it is not.
    pub(crate) rebuilt_at: Position,
}

#[derive(FromRow)]
struct Row {
    position: Position,
    log_id: Uuid,
    version: i32,
    state: ProjectionState,
    slot: Slot,
}

impl Row {
    fn checkpoint(self) -> Checkpoint {
        let Self { position, log_id, version, slot, .. } = self;
        Checkpoint { position, log_id, version, slot, rebuilt_at: 0 }
    }
}

/// Why there is no checkpoint to work from.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CheckpointError {
    #[error(transparent)]
    Stop(#[from] Stop),
    #[error(transparent)]
    Database(#[from] sqlx::Error),
}

/// The checkpoint to work from, whose slot is what this connection's names mean from now on. A first start makes it; a
/// checkpoint of another log, or beyond the end of the log, is refused, and the read model starts again from nothing.
/// One of an older fold is gone on with: it is read until there are rows of the newer one.
pub(crate) async fn ensure<M: ReadModel>(
    connection: &mut PgConnection,
) -> Result<Checkpoint, CheckpointError> {
    let mut transaction = connection.begin().await?;
    let log_id = event_store::head(&mut transaction).await?.log_id;
    sqlx::query(include_str!("sql/checkpoint_create.sql"))
        .bind(M::NAME)
        .bind(log_id)
        .bind(M::VERSION)
        .execute(&mut *transaction)
        .await?;
    let row = read::<M>(&mut transaction).await?.ok_or(sqlx::Error::RowNotFound)?;
    if row.version > M::VERSION {
        let (found, known) = (row.version, M::VERSION);
        return Err(Stop(format!("built by version {found} of its fold, this program has {known}")).into());
    }
    row.slot.enter(&mut transaction, M::NAME, Until::Further).await?;
    // Not before the checkpoint: another instance may have moved it beyond what was then the end of the log.
    let head = event_store::head(&mut transaction).await?;
    let foreign = row.log_id != head.log_id || row.position > head.position;
    if foreign {
        tracing::warn!(projection = M::NAME, "the checkpoint is of another log: rebuilding");
        reset::<M>(&mut transaction, head.log_id, row.slot).await?;
    }
    transaction.commit().await?;
    let rebuilding = foreign || row.state == ProjectionState::Rebuilding;
    Ok(Checkpoint {
        position: if foreign { 0 } else { row.position },
        log_id: head.log_id,
        version: if foreign { M::VERSION } else { row.version },
        slot: row.slot,
        rebuilt_at: if rebuilding { head.position } else { 0 },
    })
}

/// Empties the read model. Rows and checkpoint go together: whoever reads sees either the old or nothing.
async fn reset<M: ReadModel>(
    transaction: &mut PgConnection,
    log_id: Uuid,
    slot: Slot,
) -> Result<(), sqlx::Error> {
    tables::clear(&mut *transaction, &slot.schema(M::NAME)).await?;
    parked::release_all(transaction, M::NAME, slot).await?;
    sqlx::query(include_str!("sql/checkpoint_reset.sql"))
        .bind(M::NAME)
        .bind(log_id)
        .bind(M::VERSION)
        .execute(&mut *transaction)
        .await?;
    Ok(())
}

impl Fence for Checkpoint {
    fn slot(&self) -> Slot {
        self.slot
    }

    async fn lock<M: ReadModel>(
        &self,
        transaction: &mut Transaction<'_, Postgres>,
    ) -> Result<Option<Self>, sqlx::Error> {
        let row = read::<M>(transaction).await?;
        let same = |row: &Row| {
            (row.position, row.log_id, row.version, row.slot)
                == (self.position, self.log_id, self.version, self.slot)
        };
        let ours = row.filter(|row| same(row) || sabotaged(Sabotage::FencingOff));
        Ok(ours.map(|row| Self { position: row.position, ..*self }))
    }

    async fn advance<M: ReadModel>(
        &self,
        connection: &mut PgConnection,
        position: Position,
    ) -> Result<Option<Self>, sqlx::Error> {
        let rebuilding = position < self.rebuilt_at;
        let moved = sqlx::query(include_str!("sql/checkpoint_advance.sql"))
            .bind(M::NAME)
            .bind(self.position)
            .bind(self.log_id)
            .bind(self.version)
            .bind(self.slot)
            .bind(position)
            .bind(if rebuilding { ProjectionState::Rebuilding } else { ProjectionState::Running })
            .execute(connection)
            .await?;
        let rebuilt_at = if rebuilding { self.rebuilt_at } else { 0 };
        Ok((moved.rows_affected() == 1).then_some(Self { position, rebuilt_at, ..*self }))
    }
}

/// Locks the checkpoint's row for this transaction.
async fn read<M: ReadModel>(transaction: &mut PgConnection) -> Result<Option<Row>, sqlx::Error> {
    sqlx::query_as(include_str!("sql/checkpoint_lock.sql")).bind(M::NAME).fetch_optional(transaction).await
}

/// The checkpoint as it is now, if there is one.
pub(crate) async fn look<M: ReadModel>(
    connection: &mut PgConnection,
) -> Result<Option<Checkpoint>, sqlx::Error> {
    let row: Option<Row> = sqlx::query_as(include_str!("sql/checkpoint_look.sql"))
        .bind(M::NAME)
        .fetch_optional(connection)
        .await?;
    Ok(row.map(Row::checkpoint))
}

/// The checkpoint as it is, locked for this transaction, in which names mean its slot.
pub(crate) async fn hold<M: ReadModel>(
    transaction: &mut Transaction<'_, Postgres>,
) -> Result<Option<Checkpoint>, sqlx::Error> {
    let Some(row) = read::<M>(transaction).await? else { return Ok(None) };
    row.slot.enter(transaction, M::NAME, Until::TransactionEnds).await?;
    Ok(Some(row.checkpoint()))
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

/// Says why the projection can't go on, unless another holder of its lease does.
pub(crate) async fn stop(
    connection: &mut PgConnection,
    name: &str,
    reason: &str,
    holder: Uuid,
) -> Result<(), sqlx::Error> {
    sqlx::query(include_str!("sql/checkpoint_stop.sql"))
        .bind(name)
        .bind(reason)
        .bind(lease_name(name))
        .bind(holder)
        .execute(connection)
        .await?;
    Ok(())
}

/// The lease of whoever follows the log with a read model.
pub(crate) fn lease_name(name: &str) -> String {
    format!("projection {name}")
}
