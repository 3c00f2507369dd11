//! An order and a ticket as they are told.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use domain::{OrderLine, PlacedOrder, SeatName, StreamId, TicketCode};
use event_store::Position;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{OrderRow, TicketRow};
use crate::{
    model::Model,
    payments::{PaymentView, RefundView},
};

/// An order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = Order)]
pub struct OrderView {
    /// The order.
    pub order_id: Uuid,
    /// What it is for.
    pub show_id: Uuid,
    /// The show's title when it was placed.
    pub title: String,
    /// Whose it is.
    pub user_id: Uuid,
    /// Its payment.
    pub payment_id: Uuid,
    /// `pending`, `confirmed`, `failed`, `cancelled`, `expired` or `refunded`.
    #[schema(example = "pending")]
    pub status: String,
    /// Why it failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Its seats.
    pub lines: Vec<OrderLineView>,
    /// The sum of the lines, in minor units.
    pub subtotal: i64,
    /// The tax on it, in minor units.
    pub tax: i64,
    /// What is to be paid, in minor units.
    pub total: i64,
    /// ISO 4217 code of the currency of all amounts.
    #[schema(example = "EUR")]
    pub currency: String,
    /// When the hold on its seats ends, unless it is paid for.
    pub held_until: DateTime<Utc>,
    /// When it was placed.
    pub created_at: DateTime<Utc>,
    /// The log position of its last event.
    #[schema(value_type = i64)]
    pub position: Position,
    /// Its payment; absent where there is none yet.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub payment: Option<PaymentView>,
    /// While it is being paid back; it stays `confirmed` until that is done.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refund: Option<RefundView>,
    /// Its tickets, one for each line; none before it is confirmed.
    pub tickets: Vec<OrderTicketView>,
    /// What this answer was made of: if any of it is parked, the answer is not to be relied on.
    #[serde(skip)]
    #[schema(ignore)]
    pub entities: Vec<(Model, StreamId)>,
}

/// One seat of an order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = OrderLine)]
pub struct OrderLineView {
    /// The section's code.
    pub section: String,
    /// The seat, where the section has numbered ones.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "A-1")]
    pub seat: Option<String>,
    /// Its price before tax, in minor units.
    pub price: i64,
}

/// A ticket of an order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = OrderTicket)]
pub struct OrderTicketView {
    /// What its holder shows at the door.
    pub code: String,
    /// The section's code.
    pub section: String,
    /// The seat, where the section has numbered ones.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "A-1")]
    pub seat: Option<String>,
    /// `issued`, `checked_in` or `void`.
    #[schema(example = "issued")]
    pub status: String,
}

/// A ticket by itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = Ticket)]
pub struct TicketView {
    /// What its holder shows at the door.
    pub code: String,
    /// The order it was sold with.
    pub order_id: Uuid,
    /// The show.
    pub show_id: Uuid,
    /// The section's code.
    pub section: String,
    /// The seat, where the section has numbered ones.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "A-1")]
    pub seat: Option<String>,
    /// `issued`, `checked_in` or `void`.
    #[schema(example = "issued")]
    pub status: String,
}

impl OrderView {
    pub(crate) fn new(
        order: StreamId,
        row: OrderRow,
        payments: &mut HashMap<Uuid, PaymentView>,
        tickets: &HashMap<String, TicketRow>,
    ) -> Self {
        let entities = entities(order, &row);
        let PlacedOrder { customer, show, payment, title, lines, subtotal, tax, total, currency, .. } =
            row.placed;
        let told = |code: &TicketCode| {
            let code = code.to_string();
            tickets.get(&code).map(|row| OrderTicketView::new(code, row))
        };
        let payment_view = payments.remove(&payment.uuid());
        Self {
            order_id: order.uuid(),
            show_id: show.uuid(),
            title,
            user_id: customer.uuid(),
            payment_id: payment.uuid(),
            status: row.status.as_str().to_owned(),
            reason: row.reason,
            lines: lines.into_iter().map(OrderLineView::from).collect(),
            subtotal,
            tax,
            total,
            currency: currency.code().to_owned(),
            held_until: row.placed.held_until,
            created_at: row.placed.created_at,
            position: row.position,
            refund: payment_view.as_ref().and_then(|payment| payment.refund.clone()),
            payment: payment_view,
            tickets: row.tickets.iter().filter_map(told).collect(),
            entities,
        }
    }
}

fn entities(order: StreamId, row: &OrderRow) -> Vec<(Model, StreamId)> {
    let tickets = row.tickets.iter().map(|code| (Model::Orders, StreamId::ticket(*code)));
    let payment = (Model::Payments, StreamId::payment(row.placed.payment));
    [(Model::Orders, order), payment].into_iter().chain(tickets).collect()
}

impl From<OrderLine> for OrderLineView {
    fn from(line: OrderLine) -> Self {
        Self { section: line.section.into(), seat: line.seat.map(SeatName::into), price: line.price }
    }
}

impl OrderTicketView {
    fn new(code: String, row: &TicketRow) -> Self {
        Self {
            code,
            section: row.ticket.section.into(),
            seat: row.ticket.seat.map(SeatName::into),
            status: row.status.as_str().to_owned(),
        }
    }
}

impl TicketView {
    pub(crate) fn new(code: TicketCode, row: &TicketRow) -> Self {
        Self {
            code: code.to_string(),
            order_id: row.ticket.order.uuid(),
            show_id: row.ticket.show.uuid(),
            section: row.ticket.section.into(),
            seat: row.ticket.seat.map(SeatName::into),
            status: row.status.as_str().to_owned(),
        }
    }
}
