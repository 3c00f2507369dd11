//! Figures over several read models.

use std::collections::BTreeMap;

use domain::{OrderStatus, PaymentStatus, UserId};
use serde::Serialize;
use sqlx::{FromRow, PgConnection};
use utoipa::ToSchema;
use uuid::Uuid;

/// Figures over all shows, or over an organizer's.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Stats {
    /// How many shows there are, and their seats.
    pub shows: ShowStats,
    /// How many orders there are.
    pub orders: OrderStats,
    /// How many payments there are.
    pub payments: PaymentStats,
    /// What succeeded payments come to, per currency.
    pub revenue: Vec<Revenue>,
}

/// Shows and their seats.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, ToSchema, FromRow)]
pub struct ShowStats {
    /// All shows.
    pub total: i64,
    /// Their seats.
    pub capacity: i64,
    /// Those held.
    pub held: i64,
    /// Those sold.
    pub sold: i64,
    /// Those left.
    pub available: i64,
}

/// Orders.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct OrderStats {
    /// All orders.
    pub total: i64,
    /// Orders whose payment is not known (yet).
    pub without_payment: i64,
    /// How many are in each status.
    pub by_status: BTreeMap<String, i64>,
}

/// Payments.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct PaymentStats {
    /// All payments.
    pub total: i64,
    /// How many are in each status.
    pub by_status: BTreeMap<String, i64>,
}

/// What came in, in one currency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema, FromRow)]
pub struct Revenue {
    /// ISO 4217 code of the currency.
    #[schema(example = "EUR")]
    pub currency: String,
    /// The sum in minor units.
    pub amount: i64,
}

/// The figures of all shows, or of an organizer's. Reads all four read models.
///
/// # Errors
/// The database's own; a sum beyond what an amount can hold.
pub async fn stats(connection: &mut PgConnection, organizer: Option<UserId>) -> Result<Stats, sqlx::Error> {
    let organizer = organizer.map(UserId::uuid);
    let shows = sqlx::query_as(include_str!("shows.sql"))
        .persistent(false)
        .bind(organizer)
        .fetch_one(&mut *connection)
        .await?;
    let mut orders =
        OrderStats { by_status: zeros(OrderStatus::ALL.iter().map(|s| s.as_str())), ..OrderStats::default() };
    for (status, count, without) in counts_of_orders(connection, organizer).await? {
        orders.total += count;
        orders.without_payment += without;
        orders.by_status.insert(status, count);
    }
    let mut payments =
        PaymentStats { total: 0, by_status: zeros(PaymentStatus::ALL.iter().map(|s| s.as_str())) };
    let counts: Vec<(String, i64)> = sqlx::query_as(include_str!("payments.sql"))
        .persistent(false)
        .bind(organizer)
        .fetch_all(&mut *connection)
        .await?;
    for (status, count) in counts {
        payments.total += count;
        payments.by_status.insert(status, count);
    }
    let revenue = sqlx::query_as(include_str!("revenue.sql"))
        .persistent(false)
        .bind(organizer)
        .fetch_all(connection)
        .await?;
    Ok(Stats { shows, orders, payments, revenue })
}

async fn counts_of_orders(
    connection: &mut PgConnection,
    organizer: Option<Uuid>,
) -> Result<Vec<(String, i64, i64)>, sqlx::Error> {
    sqlx::query_as(include_str!("orders.sql")).persistent(false).bind(organizer).fetch_all(connection).await
}

/// Every status is named, whether or not anything is in it.
fn zeros<'a>(statuses: impl Iterator<Item = &'a str>) -> BTreeMap<String, i64> {
    statuses.map(|status| (status.to_owned(), 0)).collect()
}
