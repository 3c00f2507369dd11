//! What is asked of `payments`.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use domain::{PaymentId, PaymentStatus, StreamId, UserId};
use serde::Serialize;
use sqlx::PgConnection;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{PaymentRow, Stored};
use crate::{
    page::{Page, PageRequest},
    viewer::Viewer,
};

/// A payment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = Payment)]
pub struct PaymentView {
    /// The payment.
    pub payment_id: Uuid,
    /// What it is for.
    pub order_id: Uuid,
    /// `manual`, `wallet` or `card`.
    #[schema(example = "manual")]
    pub method: String,
    /// `pending`, `succeeded`, `failed`, `cancelled` or `refunded`.
    #[schema(example = "pending")]
    pub status: String,
    /// The amount in minor units.
    pub amount: i64,
    /// ISO 4217 code of its currency.
    #[schema(example = "EUR")]
    pub currency: String,
    /// Why it failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// While it is being paid back.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refund: Option<RefundView>,
    /// When it was asked for.
    pub created_at: DateTime<Utc>,
}

/// A refund that is under way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = Refund)]
pub struct RefundView {
    /// `requested`, or `retrying` if it did not work the first time.
    #[schema(example = "requested")]
    pub status: String,
    /// Why the money goes back.
    pub reason: String,
}

/// Which payments a list has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PaymentFilter {
    /// Whose business they are.
    pub viewer: Viewer,
    /// Only those in this status.
    pub status: Option<PaymentStatus>,
}

/// A payment that is the viewer's business.
///
/// # Errors
/// The database's own.
pub async fn get(
    connection: &mut PgConnection,
    payment: PaymentId,
    viewer: Viewer,
) -> Result<Option<PaymentView>, sqlx::Error> {
    let found: Option<Stored> = sqlx::query_as(include_str!("get.sql"))
        .bind(payment.uuid())
        .bind(viewer.customer())
        .bind(viewer.organizer())
        .bind(viewer.sees_all())
        .fetch_optional(&mut *connection)
        .await?;
    let rows = found.map(Stored::row).transpose()?.into_iter().collect();
    Ok(views(connection, rows).await?.pop())
}

/// With what a customer's browser goes on at the provider's, if this payment is theirs and still pending. It is no part
/// of the read model, and there as soon as the provider has been asked.
///
/// # Errors
/// The database's own.
pub async fn client_secret(
    connection: &mut PgConnection,
    payment: PaymentId,
    customer: UserId,
) -> Result<Option<String>, sqlx::Error> {
    let secret = sqlx::query_scalar(include_str!("client_secret.sql"));
    let secret = secret.bind(payment.uuid()).bind(customer.uuid());
    Ok(secret.fetch_optional(connection).await?.flatten())
}

/// A page of payments, newest first.
///
/// # Errors
/// The database's own.
pub async fn list(
    connection: &mut PgConnection,
    filter: PaymentFilter,
    page: PageRequest,
) -> Result<Page<PaymentView>, sqlx::Error> {
    // Planned anew each time: the best index depends on which filters are there.
    let found: Vec<Stored> = sqlx::query_as(include_str!("list.sql"))
        .persistent(false)
        .bind(filter.viewer.customer())
        .bind(filter.viewer.organizer())
        .bind(filter.viewer.sees_all())
        .bind(filter.status.map(PaymentStatus::as_str))
        .bind(page.before)
        .bind(page.fetch())
        .fetch_all(&mut *connection)
        .await?;
    let rows = found.into_iter().map(Stored::row).collect::<Result<Vec<_>, _>>()?;
    let page = page.cut(rows, |(_, row)| row.created_position);
    Ok(Page { items: views(connection, page.items).await?, next: page.next })
}

/// The payments of a page of orders.
pub(crate) async fn of_orders(
    connection: &mut PgConnection,
    payments: Vec<Uuid>,
) -> Result<HashMap<Uuid, PaymentView>, sqlx::Error> {
    let found: Vec<Stored> =
        sqlx::query_as(include_str!("load.sql")).bind(payments).fetch_all(&mut *connection).await?;
    let rows = found.into_iter().map(Stored::row).collect::<Result<Vec<_>, _>>()?;
    Ok(views(connection, rows).await?.into_iter().map(|view| (view.payment_id, view)).collect())
}

async fn views(
    connection: &mut PgConnection,
    rows: Vec<(StreamId, PaymentRow)>,
) -> Result<Vec<PaymentView>, sqlx::Error> {
    let refunds: Vec<Uuid> =
        rows.iter().filter(|(_, row)| row.refund.is_some()).map(|(payment, _)| payment.uuid()).collect();
    let retrying: Vec<Uuid> = if refunds.is_empty() {
        vec![]
    } else {
        sqlx::query_scalar(include_str!("retrying.sql")).bind(refunds).fetch_all(connection).await?
    };
    let view = |(payment, row): (StreamId, PaymentRow)| {
        let status = if retrying.contains(&payment.uuid()) { "retrying" } else { "requested" };
        PaymentView::new(payment, row, status)
    };
    Ok(rows.into_iter().map(view).collect())
}

impl PaymentView {
    /// At a moment of the past. The log does not tell how often a refund was tried.
    pub(crate) fn then(payment: StreamId, row: PaymentRow) -> Self {
        Self::new(payment, row, "requested")
    }

    fn new(payment: StreamId, row: PaymentRow, refund_status: &str) -> Self {
        Self {
            payment_id: payment.uuid(),
            order_id: row.request.order.uuid(),
            method: row.request.method.as_str().to_owned(),
            status: row.status.as_str().to_owned(),
            amount: row.request.amount,
            currency: row.request.currency.code().to_owned(),
            reason: row.reason,
            refund: row.refund.map(|reason| RefundView { status: refund_status.to_owned(), reason }),
            created_at: row.created_at,
        }
    }
}
