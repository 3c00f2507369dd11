//! Entities that stand still, and the events that wait behind them.

use std::collections::HashSet;

use domain::StreamId;
use event_store::Position;
use sqlx::{FromRow, PgConnection};

use crate::{fold::Poisoned, slot::Slot};

/// The longest reason that is kept, in bytes.
const MAX_REASON: usize = 2_000;

/// Which of these entities stand still.
pub(crate) async fn among(
    connection: &mut PgConnection,
    projection: &str,
    slot: Slot,
    entities: impl Iterator<Item = StreamId>,
) -> Result<HashSet<String>, sqlx::Error> {
    let entities: Vec<String> = entities.map(|entity| entity.to_string()).collect();
    let parked: Vec<String> = sqlx::query_scalar(include_str!("sql/parked_among.sql"))
        .bind(projection)
        .bind(slot)
        .bind(entities)
        .fetch_all(connection)
        .await?;
    Ok(parked.into_iter().collect())
}

/// Lets more events wait behind entities that are parked already.
pub(crate) async fn wait_behind(
    connection: &mut PgConnection,
    projection: &str,
    slot: Slot,
    waiting: &[(String, Position)],
) -> Result<(), sqlx::Error> {
    if waiting.is_empty() {
        return Ok(());
    }
    let (entities, positions): (Vec<&str>, Vec<Position>) =
        waiting.iter().map(|(entity, position)| (entity.as_str(), *position)).unzip();
    sqlx::query(include_str!("sql/park_events.sql"))
        .bind(projection)
        .bind(slot)
        .bind(entities)
        .bind(positions)
        .execute(connection)
        .await?;
    Ok(())
}

/// Parks entities, with the events that did not fit and those behind them.
pub(crate) async fn park(
    connection: &mut PgConnection,
    projection: &str,
    slot: Slot,
    poisoned: &[Poisoned],
) -> Result<(), sqlx::Error> {
    if poisoned.is_empty() {
        return Ok(());
    }
    for entity in poisoned {
        let Poisoned { entity, position, reason, .. } = entity;
        tracing::error!(projection, %entity, position, reason, "an event can't be applied: its entity is parked");
    }
    sqlx::query(include_str!("sql/park_entities.sql"))
        .bind(projection)
        .bind(slot)
        .bind(poisoned.iter().map(|one| one.entity.to_string()).collect::<Vec<_>>())
        .bind(poisoned.iter().map(|one| one.position).collect::<Vec<_>>())
        .bind(poisoned.iter().map(|one| storable(&one.reason)).collect::<Vec<_>>())
        .execute(&mut *connection)
        .await?;
    let waiting = poisoned.iter().flat_map(|one| {
        let entity = one.entity.to_string();
        one.behind.iter().map(move |position| (entity.clone(), *position))
    });
    wait_behind(connection, projection, slot, &waiting.collect::<Vec<_>>()).await
}

/// What stands still in the slot that is not read, and has come further in the one that is.
#[derive(Debug, FromRow)]
pub(crate) struct Anew {
    /// The first of them.
    pub(crate) entity: String,
    /// Why it can't go on.
    pub(crate) reason: String,
    /// How many there are.
    pub(crate) entities: i64,
}

/// Whether anything stands still in a slot that has come further in the other one.
pub(crate) async fn anew(
    connection: &mut PgConnection,
    projection: &str,
    slot: Slot,
) -> Result<Option<Anew>, sqlx::Error> {
    sqlx::query_as(include_str!("sql/parked_anew.sql"))
        .bind(projection)
        .bind(slot)
        .bind(slot.other())
        .fetch_optional(connection)
        .await
}

/// Nothing in a slot is parked any more.
pub(crate) async fn release_all(
    connection: &mut PgConnection,
    projection: &str,
    slot: Slot,
) -> Result<(), sqlx::Error> {
    sqlx::query(include_str!("sql/unpark_all.sql")).bind(projection).bind(slot).execute(connection).await?;
    Ok(())
}

/// A reason as Postgres takes it: bounded, and without the one character that text can't hold.
pub(crate) fn storable(reason: &str) -> String {
    let end = reason.floor_char_boundary(MAX_REASON);
    reason[..end].replace('\0', "\u{fffd}")
}
