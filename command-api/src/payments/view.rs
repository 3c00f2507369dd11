//! A payment as an operator is answered.

use domain::{
    Currency, OrderId, PaymentId, PaymentMethod, PaymentStatus,
    operations::{PaymentSummary, Settled},
};
use edge::Answered;
use event_store::{Committed, Position};
use http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;

use crate::{app::answered, words};

/// The payment of an order.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Payment)]
pub(crate) struct PaymentView {
    #[schema(value_type = uuid::Uuid)]
    payment_id: PaymentId,
    #[schema(value_type = uuid::Uuid)]
    order_id: OrderId,
    #[schema(schema_with = words::payment_method)]
    method: PaymentMethod,
    #[schema(schema_with = words::payment_status)]
    status: PaymentStatus,
    /// In minor units of `currency`.
    amount: i64,
    #[schema(value_type = String, example = "EUR")]
    currency: Currency,
    /// Why it failed, if it did.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    /// The log position of the last event.
    position: Position,
}

impl PaymentView {
    pub(super) fn answer(committed: Committed<PaymentSummary>) -> Answered<Self> {
        answered(StatusCode::OK, committed, Self::new)
    }

    pub(super) fn settled(committed: Committed<Settled>) -> Answered<Self> {
        answered(StatusCode::OK, committed, |settled, position| Self::new(settled.payment, position))
    }

    fn new(payment: PaymentSummary, position: Position) -> Self {
        let PaymentSummary { payment_id, order_id, method, status, amount, currency, reason } = payment;
        Self { payment_id, order_id, method, status, amount, currency, reason, position }
    }
}
