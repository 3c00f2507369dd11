//! `payments`: every payment as it stands.

mod query;
mod stored;

use chrono::{DateTime, Utc};
use domain::{Category, DomainEvent, PaymentEvent, PaymentRequest, PaymentStatus, StreamId};
use event_store::Position;
use sqlx::PgConnection;

pub(crate) use query::of_orders;
pub use query::{PaymentFilter, PaymentView, RefundView, client_secret, get, list};
use stored::Stored;

use crate::{
    happened::Happened,
    read_model::{Misfit, ReadModel},
    sql,
};

/// The read model.
#[derive(Debug)]
pub struct Payments;

/// A payment as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaymentRow {
    /// What is to be paid, by whom and for what.
    pub request: PaymentRequest,
    /// Where it stands.
    pub status: PaymentStatus,
    /// Why it failed.
    pub reason: Option<String>,
    /// Why it is being paid back, while it is.
    pub refund: Option<String>,
    /// The event that made it.
    pub created_position: Position,
    /// When it was made.
    pub created_at: DateTime<Utc>,
}

impl ReadModel for Payments {
    const NAME: &'static str = "payments";
    const VERSION: i32 = 2;
    type Row = PaymentRow;

    fn entity(stream: StreamId) -> Option<StreamId> {
        match stream.category() {
            Category::Payment => Some(stream),
            Category::Show | Category::Inventory | Category::Order | Category::Ticket | Category::Account => {
                None
            }
        }
    }

    fn fold(row: Option<PaymentRow>, event: &Happened) -> Result<PaymentRow, Misfit> {
        let DomainEvent::Payment(_, what) = &event.event else { return Err(Misfit::not_concerned(event)) };
        if let PaymentEvent::PaymentRequested(request) = what {
            return Ok(PaymentRow::new(request.clone(), event));
        }
        let row = row.ok_or_else(|| Misfit::no_row(event))?;
        let (status, reason, refund) = match what {
            PaymentEvent::PaymentRequested(_) => (PaymentStatus::Pending, None, None),
            PaymentEvent::PaymentSucceeded { .. } => (PaymentStatus::Succeeded, None, None),
            PaymentEvent::PaymentFailed { reason } => (PaymentStatus::Failed, Some(reason.clone()), None),
            PaymentEvent::PaymentCancelled {} => (PaymentStatus::Cancelled, None, None),
            // The money is still here.
            PaymentEvent::PaymentRefundRequested { reason } => (row.status, None, Some(reason.clone())),
            PaymentEvent::PaymentRefunded { .. } => (PaymentStatus::Refunded, None, None),
        };
        Ok(PaymentRow { status, reason, refund, ..row })
    }

    async fn load(
        connection: &mut PgConnection,
        entities: &[StreamId],
    ) -> Result<Vec<(StreamId, PaymentRow)>, sqlx::Error> {
        let found: Vec<Stored> =
            sqlx::query_as(include_str!("load.sql")).bind(sql::uuids(entities)).fetch_all(connection).await?;
        found.into_iter().map(Stored::row).collect()
    }

    async fn save(connection: &mut PgConnection, rows: &[(StreamId, PaymentRow)]) -> Result<(), sqlx::Error> {
        stored::write(connection, rows, stored::SAVE).await
    }

    async fn insert(
        connection: &mut PgConnection,
        rows: &[(StreamId, PaymentRow)],
    ) -> Result<(), sqlx::Error> {
        stored::write(connection, rows, sql::insert_only(stored::SAVE)).await
    }
}

impl PaymentRow {
    fn new(request: PaymentRequest, event: &Happened) -> Self {
        let (created_position, created_at) = (event.position, event.at);
        Self {
            request,
            status: PaymentStatus::Pending,
            reason: None,
            refund: None,
            created_position,
            created_at,
        }
    }
}
