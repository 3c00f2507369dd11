//! An order as its customer is answered.

use chrono::{DateTime, Utc};
use domain::{Currency, OrderId, OrderLine, OrderStatus, PaymentId, ShowId, operations::OrderSummary};
use edge::Answered;
use event_store::{Committed, Position};
use http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;

use crate::{app::answered, words};

/// An order. All amounts are in minor units of `currency`.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Order)]
pub(crate) struct OrderView {
    #[schema(value_type = uuid::Uuid)]
    order_id: OrderId,
    #[schema(value_type = uuid::Uuid)]
    show_id: ShowId,
    #[schema(value_type = uuid::Uuid)]
    payment_id: PaymentId,
    #[schema(schema_with = words::order_status)]
    status: OrderStatus,
    /// Why it failed, if it did.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    lines: Vec<LineView>,
    /// The sum of the lines.
    subtotal: i64,
    /// Added to it, rounded up to the minor unit.
    tax: i64,
    /// What is to be paid.
    total: i64,
    #[schema(value_type = String, example = "EUR")]
    currency: Currency,
    /// When the hold on its seats ends, unless it is paid for.
    held_until: DateTime<Utc>,
    created_at: DateTime<Utc>,
    /// The log position of the last event.
    position: Position,
}

/// A seat of an order, at the price of the moment when it was ordered.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OrderLine)]
pub(crate) struct LineView {
    /// The section's code.
    section: String,
    /// The seat, where the section has numbered ones.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "A-1")]
    seat: Option<String>,
    /// Before tax.
    price: i64,
}

impl OrderView {
    pub(super) fn answer(status: StatusCode, committed: Committed<OrderSummary>) -> Answered<Self> {
        answered(status, committed, Self::new)
    }

    fn new(order: OrderSummary, position: Position) -> Self {
        Self {
            order_id: order.order_id,
            show_id: order.show_id,
            payment_id: order.payment_id,
            status: order.status,
            reason: order.reason,
            lines: order.lines.into_iter().map(LineView::from).collect(),
            subtotal: order.subtotal,
            tax: order.tax,
            total: order.total,
            currency: order.currency,
            held_until: order.held_until,
            created_at: order.created_at,
            position,
        }
    }
}

impl From<OrderLine> for LineView {
    fn from(line: OrderLine) -> Self {
        Self {
            section: line.section.to_string(),
            seat: line.seat.map(|seat| seat.to_string()),
            price: line.price,
        }
    }
}
