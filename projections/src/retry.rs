//! Trying parked events again, once what was wrong with them has been put right.

use std::collections::HashMap;

use domain::StreamId;
use event_store::{Position, RecordedEvent, events_at};
use sqlx::{Connection, PgConnection, Postgres, Transaction, postgres::PgConnectOptions};

use crate::{
    accounts::Accounts,
    apply::{ApplyError, write_one},
    batch::{Group, group},
    checkpoint::{self, Checkpoint},
    connect::connect,
    fold::Poisoned,
    inventory::Inventory,
    ledger::Ledger,
    model::Model,
    orders::Orders,
    parked::storable,
    payments::Payments,
    read_model::ReadModel,
    shows::Shows,
    slot::Slot,
};

/// Events of one entity that are tried in one transaction.
const AT_ONCE: i64 = 500;
/// Entities that one call retries.
const ENTITIES: i64 = 10_000;

/// What a retry came to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize)]
pub struct Retried {
    /// Entities that stand still no longer.
    pub released: u64,
    /// Entities that still do.
    pub still_parked: u64,
    /// Events applied.
    pub events: u64,
}

/// Why a retry was given up.
#[derive(Debug, thiserror::Error)]
pub enum RetryError {
    /// A newer program wrote one of the events.
    #[error("{0}")]
    Newer(String),
    /// The database could not be reached, or refused.
    #[error(transparent)]
    Database(#[from] sqlx::Error),
}

/// Applies the parked events of one entity, or of all, in order. Entities whose events still do not fit stay parked,
/// behind the first that does not. Safe beside running projections.
///
/// # Errors
/// See [`RetryError`]; what was done until then stays done.
pub async fn retry(
    database: &PgConnectOptions,
    model: Model,
    entity: Option<StreamId>,
) -> Result<Retried, RetryError> {
    let mut connection = connect(database, "retry").await?;
    match model {
        Model::Shows => all::<Shows>(&mut connection, entity).await,
        Model::Inventory => all::<Inventory>(&mut connection, entity).await,
        Model::Orders => all::<Orders>(&mut connection, entity).await,
        Model::Payments => all::<Payments>(&mut connection, entity).await,
        Model::Accounts => all::<Accounts>(&mut connection, entity).await,
        Model::Ledger => all::<Ledger>(&mut connection, entity).await,
    }
}

async fn all<M: ReadModel>(
    connection: &mut PgConnection,
    entity: Option<StreamId>,
) -> Result<Retried, RetryError> {
    let parked: Vec<String> = sqlx::query_scalar(include_str!("sql/parked_entities.sql"))
        .bind(M::NAME)
        .bind(entity.map(|entity| entity.to_string()))
        .bind(ENTITIES)
        .fetch_all(&mut *connection)
        .await?;
    let mut retried = Retried::default();
    for entity in parked {
        let (events, released) = one::<M>(connection, &entity).await?;
        retried.events += events;
        retried.released += u64::from(released);
        retried.still_parked += u64::from(!released);
    }
    Ok(retried)
}

/// Retries one entity: how many events were applied, and whether it is parked no longer.
async fn one<M: ReadModel>(connection: &mut PgConnection, entity: &str) -> Result<(u64, bool), RetryError> {
    let mut applied = 0;
    loop {
        let mut transaction = connection.begin().await?;
        // The fence: while it is held, no running projection lets another event wait behind this entity.
        let Some(Checkpoint { slot, .. }) = checkpoint::hold::<M>(&mut transaction).await? else {
            return Ok((applied, false));
        };
        let events = waiting::<M>(&mut transaction, slot, entity).await?;
        let Some(last) = events.last().map(|event| event.position) else {
            sqlx::query(include_str!("sql/unpark.sql"))
                .bind(M::NAME)
                .bind(slot)
                .bind(entity)
                .execute(&mut *transaction)
                .await?;
            transaction.commit().await?;
            return Ok((applied, true));
        };
        let groups = group::<M>(&events).map_err(|(_, stop)| RetryError::Newer(stop.to_string()))?;
        let poisoned = rewrite::<M>(&mut transaction, &groups).await.map_err(|error| match error {
            ApplyError::Stop(stop) => RetryError::Newer(stop.to_string()),
            ApplyError::Database(error) => RetryError::Database(error),
        })?;
        let until = poisoned.as_ref().map_or(last + 1, |poisoned| poisoned.position);
        applied += events.iter().filter(|event| event.position < until).count() as u64;
        move_on::<M>(&mut transaction, (slot, entity), until, poisoned.as_ref()).await?;
        transaction.commit().await?;
        if poisoned.is_some() {
            return Ok((applied, false));
        }
    }
}

async fn waiting<M: ReadModel>(
    transaction: &mut Transaction<'_, Postgres>,
    slot: Slot,
    entity: &str,
) -> Result<Vec<RecordedEvent>, sqlx::Error> {
    let positions: Vec<Position> = sqlx::query_scalar(include_str!("sql/parked_positions.sql"))
        .bind(M::NAME)
        .bind(slot)
        .bind(entity)
        .bind(AT_ONCE)
        .fetch_all(&mut **transaction)
        .await?;
    events_at(transaction, &positions).await
}

async fn rewrite<M: ReadModel>(
    transaction: &mut Transaction<'_, Postgres>,
    groups: &[Group],
) -> Result<Option<Poisoned>, ApplyError> {
    for group in groups {
        let mut loaded: HashMap<StreamId, M::Row> =
            M::load(transaction, &[group.entity]).await?.into_iter().collect();
        let poisoned = write_one::<M>(transaction, loaded.remove(&group.entity), group).await?;
        if poisoned.is_some() {
            return Ok(poisoned);
        }
    }
    Ok(None)
}

/// Forgets the events before `until`, and says what is wrong with the one there.
async fn move_on<M: ReadModel>(
    transaction: &mut Transaction<'_, Postgres>,
    (slot, entity): (Slot, &str),
    until: Position,
    poisoned: Option<&Poisoned>,
) -> Result<(), sqlx::Error> {
    sqlx::query(include_str!("sql/parked_events_done.sql"))
        .bind(M::NAME)
        .bind(slot)
        .bind(entity)
        .bind(until)
        .execute(&mut **transaction)
        .await?;
    if let Some(poisoned) = poisoned {
        sqlx::query(include_str!("sql/parked_again.sql"))
            .bind(M::NAME)
            .bind(slot)
            .bind(entity)
            .bind(poisoned.position)
            .bind(storable(&poisoned.reason))
            .execute(&mut **transaction)
            .await?;
    }
    Ok(())
}
