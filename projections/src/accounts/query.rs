//! What is asked of `accounts`.

use chrono::{DateTime, Utc};
use domain::{AccountId, StreamId};
use event_store::Position;
use serde::Serialize;
use sqlx::{FromRow, PgConnection};
use utoipa::ToSchema;
use uuid::Uuid;

use super::AccountRow;
use crate::{
    page::{Page, PageRequest},
    viewer::Viewer,
};

/// A customer's money here, in one currency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema, FromRow)]
#[schema(as = Account)]
pub struct AccountView {
    /// The account.
    pub account_id: Uuid,
    /// ISO 4217 code of its currency.
    #[schema(example = "EUR")]
    pub currency: String,
    /// What there is, in minor units.
    pub balance: i64,
    /// When it was opened.
    pub created_at: DateTime<Utc>,
    #[serde(skip)]
    created_position: Position,
}

impl AccountView {
    pub(crate) fn new(account: StreamId, row: &AccountRow) -> Self {
        Self {
            account_id: account.uuid(),
            currency: row.currency.code().to_owned(),
            balance: row.balance,
            created_at: row.created_at,
            created_position: row.created_position,
        }
    }
}

/// One movement of an account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema, FromRow)]
#[schema(as = AccountEntry)]
pub struct EntryView {
    /// The log position of the event that moved it.
    pub position: i64,
    /// `deposit`, `payment` or `refund`.
    #[schema(example = "deposit")]
    pub kind: String,
    /// In minor units; what went out is negative.
    pub amount: i64,
    /// What there was after it.
    pub balance: i64,
    /// The payment that was made or paid back.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub payment_id: Option<Uuid>,
    /// What was paid for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub order_id: Option<Uuid>,
    /// When.
    pub at: DateTime<Utc>,
}

/// An account that is the viewer's business.
///
/// # Errors
/// The database's own.
pub async fn get(
    connection: &mut PgConnection,
    account: AccountId,
    viewer: Viewer,
) -> Result<Option<AccountView>, sqlx::Error> {
    sqlx::query_as(include_str!("get.sql"))
        .bind(account.uuid())
        .bind(viewer.customer())
        .bind(viewer.sees_all())
        .fetch_optional(connection)
        .await
}

/// A page of accounts, newest first.
///
/// # Errors
/// The database's own.
pub async fn list(
    connection: &mut PgConnection,
    viewer: Viewer,
    page: PageRequest,
) -> Result<Page<AccountView>, sqlx::Error> {
    // Planned anew each time: the best index depends on who asks.
    let rows: Vec<AccountView> = sqlx::query_as(include_str!("list.sql"))
        .persistent(false)
        .bind(viewer.customer())
        .bind(viewer.sees_all())
        .bind(page.before)
        .bind(page.fetch())
        .fetch_all(connection)
        .await?;
    Ok(page.cut(rows, |row| row.created_position))
}

/// A page of an account's movements, newest first.
///
/// # Errors
/// The database's own.
pub async fn entries(
    connection: &mut PgConnection,
    account: AccountId,
    page: PageRequest,
) -> Result<Page<EntryView>, sqlx::Error> {
    let rows: Vec<EntryView> = sqlx::query_as(include_str!("entries.sql"))
        .bind(account.uuid())
        .bind(page.before)
        .bind(page.fetch())
        .fetch_all(connection)
        .await?;
    Ok(page.cut(rows, |row| row.position))
}
