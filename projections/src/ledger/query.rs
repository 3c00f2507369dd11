//! What is asked of `ledger`.

use event_store::Position;
use serde::Serialize;
use sqlx::{FromRow, PgConnection};
use uuid::Uuid;

/// What is booked on an account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, FromRow)]
pub struct Balance {
    /// `clearing:<method>`, `customers` (all of them), `revenue`, `tax` or `refunds`.
    pub account: String,
    /// ISO 4217 code of the currency.
    pub currency: String,
    /// The sum in minor units; debits are positive.
    pub amount: i64,
}

/// What the ledger says of one payment by card.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, FromRow)]
pub struct Moved {
    /// The payment.
    pub payment_id: Uuid,
    /// ISO 4217 code of its currency.
    pub currency: String,
    /// What came, in minor units.
    pub taken: i64,
    /// What went back.
    pub refunded: i64,
}

/// What is booked on each account, customers' together.
///
/// # Errors
/// The database's own.
pub async fn balances(connection: &mut PgConnection) -> Result<Vec<Balance>, sqlx::Error> {
    sqlx::query_as(include_str!("balances.sql")).fetch_all(connection).await
}

/// Positions whose entries do not sum to zero: the ledger is wrong from the first of them on.
///
/// # Errors
/// The database's own.
pub async fn unbalanced(connection: &mut PgConnection) -> Result<Vec<Position>, sqlx::Error> {
    sqlx::query_scalar(include_str!("unbalanced.sql")).fetch_all(connection).await
}

/// What came by card and went back, payment by payment.
///
/// # Errors
/// The database's own.
pub async fn moved_by_cards(connection: &mut PgConnection) -> Result<Vec<Moved>, sqlx::Error> {
    sqlx::query_as(include_str!("moved_by_cards.sql")).fetch_all(connection).await
}
