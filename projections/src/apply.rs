//! One batch into one read model: rows, parked entities and checkpoint change together or not at all.

use std::{collections::HashMap, sync::Arc};

use domain::StreamId;
use event_store::{Position, RecordedEvent};
use faultpoint::{Point, Sabotage, sabotaged};
use sqlx::{Connection, PgConnection, Postgres, Transaction};

use crate::{
    batch::{self, Group, Stop},
    fence::Fence,
    fold::{Poisoned, fold, poisoned, step},
    parked,
    read_model::ReadModel,
    slot::Slot,
};

/// The most entities that are written with one statement.
const AT_ONCE: usize = 1_000;

/// Why a batch was not applied.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ApplyError {
    /// The projection can't go on.
    #[error(transparent)]
    Stop(#[from] Stop),
    /// The database could not be reached, or refused.
    #[error(transparent)]
    Database(#[from] sqlx::Error),
}

/// Applies consecutive events that follow what is in a slot. `None`: that was not where it was expected, and nothing
/// was changed. Names must mean the slot on this connection.
pub(crate) async fn apply<M: ReadModel, F: Fence>(
    connection: &mut PgConnection,
    from: &F,
    events: &[Arc<RecordedEvent>],
) -> Result<Option<F>, ApplyError> {
    let (groups, events) = match batch::group::<M>(events) {
        Ok(groups) => (groups, events),
        Err((0, stop)) => return Err(stop.into()),
        Err((place, _)) => {
            // What is before it is applied; then it comes first, and stops the projection.
            let before = &events[..place];
            (batch::group::<M>(before).map_err(|(_, stop)| stop)?, before)
        }
    };
    let Some(last) = events.last() else { return Ok(Some(*from)) };
    faultpoint::pass(Point::ProjectionsRead).await.map_err(sqlx::Error::from)?;
    if !event_store::holds(connection, last).await? {
        let why = format!("the log does not hold what was heard of position {}", last.position);
        return Err(sqlx::Error::Protocol(why).into());
    }
    if groups.is_empty() {
        return Ok(from.advance::<M>(connection, last.position).await?);
    }
    Ok(write_all::<M, F>(connection, from, last.position, &groups).await?)
}

/// Writes all that happened to some entities until `to`. Where the database finds fault with what is written, the
/// entity at fault is looked for, and parked.
pub(crate) async fn write_all<M: ReadModel, F: Fence>(
    connection: &mut PgConnection,
    from: &F,
    to: Position,
    groups: &[Group],
) -> Result<Option<F>, sqlx::Error> {
    match write::<M, F>(connection, from, to, groups, Care::Bulk).await {
        Err(error) if is_about_data(&error) => {
            tracing::warn!(projection = M::NAME, %error, "a batch can't be written; looking for the entity");
            write::<M, F>(connection, from, to, groups, Care::Searching).await
        }
        other => other,
    }
}

#[derive(Clone, Copy)]
enum Care {
    /// All rows at once.
    Bulk,
    /// Under savepoints, because one of them can't be written.
    Searching,
}

async fn write<M: ReadModel, F: Fence>(
    connection: &mut PgConnection,
    from: &F,
    to: Position,
    groups: &[Group],
    care: Care,
) -> Result<Option<F>, sqlx::Error> {
    let mut transaction = connection.begin().await?;
    let Some(from) = from.lock::<M>(&mut transaction).await? else { return Ok(None) };
    faultpoint::reach(Point::ProjectionsLocked).await;
    let live = keep_back::<M>(&mut transaction, from.slot(), groups).await?;
    for some in live.chunks(AT_ONCE) {
        let poisoned = match care {
            Care::Bulk => write_some::<M>(&mut transaction, some).await?,
            Care::Searching => search::<M>(&mut transaction, some).await?,
        };
        parked::park(&mut transaction, M::NAME, from.slot(), &poisoned).await?;
    }
    if sabotaged(Sabotage::CheckpointApartFromRows) {
        transaction.commit().await?;
        transaction = connection.begin().await?;
    }
    faultpoint::pass(Point::ProjectionsRowsWritten).await?;
    let moved = from.advance::<M>(&mut transaction, to).await?;
    faultpoint::reach(Point::ProjectionsBeforeCommit).await;
    if moved.is_some() {
        transaction.commit().await?;
        faultpoint::pass(Point::ProjectionsAfterCommit).await?;
    }
    Ok(moved)
}

/// Events of parked entities wait behind them; the groups that may go on are returned.
async fn keep_back<'a, M: ReadModel>(
    transaction: &mut Transaction<'_, Postgres>,
    slot: Slot,
    groups: &'a [Group],
) -> Result<Vec<&'a Group>, sqlx::Error> {
    let entities = groups.iter().map(|group| group.entity);
    let parked = parked::among(&mut *transaction, M::NAME, slot, entities).await?;
    let (still, live): (Vec<&Group>, Vec<&Group>) =
        groups.iter().partition(|group| !parked.is_empty() && parked.contains(&group.entity.to_string()));
    let waiting = still
        .iter()
        .flat_map(|group| group.events.iter().map(|(position, _)| (group.entity.to_string(), *position)));
    parked::wait_behind(transaction, M::NAME, slot, &waiting.collect::<Vec<_>>()).await?;
    Ok(live)
}

async fn load<M: ReadModel>(
    transaction: &mut Transaction<'_, Postgres>,
    groups: &[&Group],
) -> Result<HashMap<StreamId, M::Row>, sqlx::Error> {
    let known = groups.iter().filter(|group| !group.is_new::<M>());
    let entities: Vec<StreamId> = known.map(|group| group.entity).collect();
    if entities.is_empty() {
        return Ok(HashMap::new());
    }
    Ok(M::load(transaction, &entities).await?.into_iter().collect())
}

async fn write_some<M: ReadModel>(
    transaction: &mut Transaction<'_, Postgres>,
    groups: &[&Group],
) -> Result<Vec<Poisoned>, sqlx::Error> {
    let loaded = load::<M>(transaction, groups).await?;
    let (mut new, mut changed, mut poisoned) = (Vec::new(), Vec::new(), Vec::new());
    for group in groups {
        let folded = fold::<M>(loaded.get(&group.entity), group);
        let rows = if group.is_new::<M>() { &mut new } else { &mut changed };
        rows.extend(folded.row.map(|row| (group.entity, row)));
        poisoned.extend(folded.poisoned);
    }
    if !new.is_empty() {
        M::insert(transaction, &new).await?;
    }
    if !changed.is_empty() {
        M::save(transaction, &changed).await?;
    }
    Ok(poisoned)
}

/// Writes together what can be written together, and halves what can't until one entity is left, which is parked.
async fn search<M: ReadModel>(
    transaction: &mut Transaction<'_, Postgres>,
    groups: &[&Group],
) -> Result<Vec<Poisoned>, sqlx::Error> {
    let mut poisoned = Vec::new();
    let mut left = vec![groups];
    while let Some(some) = left.pop() {
        if let [group] = some {
            let row = load::<M>(transaction, some).await?.remove(&group.entity);
            poisoned.extend(write_one::<M>(transaction, row, group).await?);
            continue;
        }
        let mut savepoint = transaction.begin().await?;
        match write_some::<M>(&mut savepoint, some).await {
            Ok(found) => {
                savepoint.commit().await?;
                poisoned.extend(found);
            }
            Err(error) if is_about_data(&error) => {
                savepoint.rollback().await?;
                let (first, second) = some.split_at(some.len() / 2);
                left.extend([second, first]);
            }
            Err(error) => return Err(error),
        }
    }
    Ok(poisoned)
}

/// Writes one entity, event by event; the first that can't be folded or written parks it.
pub(crate) async fn write_one<M: ReadModel>(
    transaction: &mut Transaction<'_, Postgres>,
    mut row: Option<M::Row>,
    group: &Group,
) -> Result<Option<Poisoned>, sqlx::Error> {
    for (index, (_, event)) in group.events.iter().enumerate() {
        let stepped =
            event.clone().and_then(|event| step::<M>(row.take(), &event).map_err(|misfit| misfit.0));
        let next = match stepped {
            Ok(next) => next,
            Err(reason) => return Ok(Some(poisoned(group, index, reason))),
        };
        let changed = [(group.entity, next)];
        let mut savepoint = transaction.begin().await?;
        match M::save(&mut savepoint, &changed).await {
            Ok(()) => savepoint.commit().await?,
            Err(error) if is_about_data(&error) => {
                savepoint.rollback().await?;
                return Ok(Some(poisoned(group, index, error.to_string())));
            }
            Err(error) => return Err(error),
        }
        let [(_, next)] = changed;
        row = Some(next);
    }
    Ok(None)
}

/// Whether the database found fault with what was written, rather than with the moment: SQLSTATE classes 22 (data),
/// 23 (integrity), 54 (program limits) and P0 (raised by a trigger). Repeating such a write changes nothing.
pub(crate) fn is_about_data(error: &sqlx::Error) -> bool {
    if matches!(error, sqlx::Error::Encode(_) | sqlx::Error::InvalidArgument(_)) {
        return true;
    }
    let code = error.as_database_error().and_then(sqlx::error::DatabaseError::code);
    code.is_some_and(|code| ["22", "23", "54", "P0"].iter().any(|class| code.starts_with(class)))
}
