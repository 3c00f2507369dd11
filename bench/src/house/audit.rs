//! The books after a run.

use std::fmt::Write;

use sqlx::{FromRow, PgConnection};
use uuid::Uuid;

use super::House;
use crate::{fallible::Fallible, results::Journal};

/// Whether read models are part of the audit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Rows {
    /// Projections ran, and have caught up.
    CaughtUp,
    /// None did.
    Absent,
}

/// What the log says.
#[derive(Debug, FromRow)]
struct Ledger {
    events: i64,
    first: i64,
    last: i64,
    orders: i64,
    seats: i64,
    seats_once: i64,
    oversold_shows: i64,
}

#[derive(Debug, FromRow)]
struct ReadModels {
    orders: i64,
    payments: i64,
    seats: i64,
    behind: i64,
}

impl House<'_> {
    /// How many seats the log says are held.
    pub(crate) async fn seats_held(&self) -> Fallible<i64> {
        Ok(Ledger::of(&mut self.superuser().await?).await?.seats)
    }

    /// All orders of the log.
    pub(crate) async fn orders_in_log(&self) -> Fallible<Vec<Uuid>> {
        let sql = "select substr(stream_id, 7)::uuid from events where type = 'OrderPlaced'";
        Ok(sqlx::query_scalar(sql).fetch_all(&mut self.superuser().await?).await?)
    }

    /// Compares what was acknowledged with the log, the log with the halls, and the read models with the log.
    pub(crate) async fn audit(
        &self,
        journal: &mut Journal,
        measurement: &str,
        acknowledged: &[Uuid],
        rows: Rows,
    ) -> Fallible<()> {
        let mut connection = self.superuser().await?;
        let ledger = Ledger::of(&mut connection).await?;
        let found: i64 = sqlx::query_scalar(include_str!("sql/acknowledged_in_log.sql"))
            .bind(acknowledged)
            .fetch_one(&mut connection)
            .await?;
        let told = i64::try_from(acknowledged.len())?;
        let mut ok = ledger.is_sound() && told == ledger.orders && found == told;
        let mut said = format!(
            "{told} acknowledged, {found} of them in the log, {} orders in {} events at {} to {}; {} seats, {} of \
             them once; {} shows oversold",
            ledger.orders,
            ledger.events,
            ledger.first,
            ledger.last,
            ledger.seats,
            ledger.seats_once,
            ledger.oversold_shows
        );
        if rows == Rows::CaughtUp {
            let models: ReadModels =
                sqlx::query_as(include_str!("sql/read_models.sql")).fetch_one(&mut connection).await?;
            ok &= models.orders == ledger.orders
                && models.payments == ledger.orders
                && models.seats == ledger.seats
                && models.behind == 0;
            let ReadModels { orders, payments, seats, behind } = models;
            write!(said, "; rows: {orders} orders, {payments} payments, {seats} seats, {behind} behind")?;
        }
        journal.audit(measurement, ok, said)
    }
}

impl Ledger {
    /// Reads the whole log.
    async fn of(connection: &mut PgConnection) -> Fallible<Self> {
        Ok(sqlx::query_as(include_str!("sql/ledger.sql")).fetch_one(connection).await?)
    }

    /// No gap, no seat twice, no show beyond its capacity.
    fn is_sound(&self) -> bool {
        let gapless = self.events == 0 || (self.first == 1 && self.last == self.events);
        gapless && self.seats == self.seats_once && self.oversold_shows == 0
    }
}
