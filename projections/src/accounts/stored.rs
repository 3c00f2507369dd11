//! Accounts as Postgres takes them and hands them out.

use chrono::{DateTime, Utc};
use domain::StreamId;
use event_store::Position;
use sqlx::{FromRow, PgConnection};
use uuid::Uuid;

use super::{AccountRow, Entry};
use crate::sql;

#[derive(FromRow)]
pub(super) struct Stored {
    account_id: Uuid,
    customer: Uuid,
    currency: String,
    balance: i64,
    created_position: Position,
    created_at: DateTime<Utc>,
}

impl Stored {
    pub(super) fn row(self) -> Result<(StreamId, AccountRow), sqlx::Error> {
        let row = AccountRow {
            customer: self.customer.into(),
            currency: self.currency.parse().map_err(sql::undecodable)?,
            balance: self.balance,
            created_position: self.created_position,
            created_at: self.created_at,
            entries: vec![],
        };
        Ok((StreamId::account(self.account_id.into()), row))
    }
}

pub(super) async fn save_accounts(
    connection: &mut PgConnection,
    rows: &[(StreamId, AccountRow)],
) -> Result<(), sqlx::Error> {
    sqlx::query(include_str!("save.sql"))
        .bind(rows.iter().map(|(account, _)| account.uuid()).collect::<Vec<_>>())
        .bind(rows.iter().map(|(_, row)| row.customer.uuid()).collect::<Vec<_>>())
        .bind(rows.iter().map(|(_, row)| row.currency.code()).collect::<Vec<_>>())
        .bind(rows.iter().map(|(_, row)| row.balance).collect::<Vec<_>>())
        .bind(rows.iter().map(|(_, row)| row.created_position).collect::<Vec<_>>())
        .bind(rows.iter().map(|(_, row)| row.created_at).collect::<Vec<_>>())
        .execute(connection)
        .await?;
    Ok(())
}

pub(super) async fn save_entries(
    connection: &mut PgConnection,
    rows: &[(StreamId, AccountRow)],
) -> Result<(), sqlx::Error> {
    let entries: Vec<(Uuid, &Entry)> = rows
        .iter()
        .flat_map(|(account, row)| row.entries.iter().map(|entry| (account.uuid(), entry)))
        .collect();
    if entries.is_empty() {
        return Ok(());
    }
    sqlx::query(include_str!("save_entries.sql"))
        .bind(entries.iter().map(|(account, _)| *account).collect::<Vec<_>>())
        .bind(entries.iter().map(|(_, entry)| entry.position).collect::<Vec<_>>())
        .bind(entries.iter().map(|(_, entry)| entry.kind.as_str()).collect::<Vec<_>>())
        .bind(entries.iter().map(|(_, entry)| entry.amount).collect::<Vec<_>>())
        .bind(entries.iter().map(|(_, entry)| entry.balance).collect::<Vec<_>>())
        .bind(
            entries
                .iter()
                .map(|(_, entry)| entry.paid.map(|(payment, _)| payment.uuid()))
                .collect::<Vec<_>>(),
        )
        .bind(entries.iter().map(|(_, entry)| entry.paid.map(|(_, order)| order.uuid())).collect::<Vec<_>>())
        .bind(entries.iter().map(|(_, entry)| entry.at).collect::<Vec<_>>())
        .execute(connection)
        .await?;
    Ok(())
}
