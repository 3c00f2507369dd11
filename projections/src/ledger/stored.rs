//! The ledger as Postgres takes it.

use domain::{Category, DomainEvent, PaymentEvent, StreamId};
use event_store::{RecordedEvent, first_events};
use sqlx::PgConnection;

use super::{Asked, Entry, LedgerRow};
use crate::sql;

/// What payments were asked for stands in the log, in the first event of each, and is read there only for those that
/// moved money. Of accounts there is nothing to be loaded: each of their events says all.
pub(super) async fn load(
    connection: &mut PgConnection,
    entities: &[StreamId],
) -> Result<Vec<(StreamId, LedgerRow)>, sqlx::Error> {
    let payments: Vec<StreamId> =
        entities.iter().copied().filter(|entity| entity.category() == Category::Payment).collect();
    if payments.is_empty() {
        return Ok(vec![]);
    }
    first_events(connection, &payments).await?.iter().map(row).collect()
}

fn row(first: &RecordedEvent) -> Result<(StreamId, LedgerRow), sqlx::Error> {
    let stream = first.stream().map_err(sql::undecodable)?;
    let stored = first.stored().map_err(sql::undecodable)?;
    let asked = match DomainEvent::decode(stream, stored).map_err(sql::undecodable)? {
        DomainEvent::Payment(_, PaymentEvent::PaymentRequested(request)) => Some(Asked::of(&request)),
        DomainEvent::Payment(..)
        | DomainEvent::Show(..)
        | DomainEvent::Inventory(..)
        | DomainEvent::Order(..)
        | DomainEvent::Ticket(..)
        | DomainEvent::Account(..) => None,
    };
    Ok((stream, LedgerRow { asked, entries: vec![] }))
}

pub(super) async fn save(
    connection: &mut PgConnection,
    rows: &[(StreamId, LedgerRow)],
) -> Result<(), sqlx::Error> {
    let entries: Vec<(String, &Entry)> = rows
        .iter()
        .flat_map(|(subject, row)| row.entries.iter().map(|entry| (subject.to_string(), entry)))
        .collect();
    if entries.is_empty() {
        return Ok(());
    }
    sqlx::query(include_str!("save.sql"))
        .bind(entries.iter().map(|(_, entry)| entry.position).collect::<Vec<_>>())
        .bind(entries.iter().map(|(_, entry)| entry.line).collect::<Vec<_>>())
        .bind(entries.iter().map(|(subject, _)| subject.as_str()).collect::<Vec<_>>())
        .bind(entries.iter().map(|(_, entry)| entry.account.as_str()).collect::<Vec<_>>())
        .bind(entries.iter().map(|(_, entry)| entry.currency.code()).collect::<Vec<_>>())
        .bind(entries.iter().map(|(_, entry)| entry.amount).collect::<Vec<_>>())
        .execute(connection)
        .await?;
    Ok(())
}
