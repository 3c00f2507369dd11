//! An operator says that the money will not come: the order fails, its seats go back on sale.

use super::{PaymentSummary, settle};
use crate::{
    Operation, Order, Payment, PaymentId, Refusal, ReleaseReason, States, StreamId, UnitOfWork,
    order::OrderCommand, payment::PaymentCommand, show::MAX_TEXT,
};

/// What is recorded where the operator gives no reason.
const NO_REASON: &str = "rejected";

/// Say that a manual payment will not come.
#[derive(Debug, Clone)]
pub struct RejectPayment {
    /// The payment.
    pub payment: PaymentId,
    /// Why, in 1 to 200 characters.
    pub reason: Option<String>,
}

impl Operation for RejectPayment {
    type Answer = PaymentSummary;

    fn streams(&self, known: &dyn States) -> Vec<StreamId> {
        settle::streams_of_payment(self.payment, known)
    }

    fn run(&self, work: &mut UnitOfWork<'_>) -> Result<PaymentSummary, Refusal> {
        let reason = self.checked_reason()?;
        let request = settle::pending_by_hand(work, self.payment)?;
        work.correlate(request.order.uuid());
        work.decide::<Payment>(self.payment, PaymentCommand::Fail { reason: reason.to_owned() })?;
        work.decide::<Order>(request.order, OrderCommand::Fail { reason: reason.to_owned() })?;
        settle::give_back(work, request.order, request.show, ReleaseReason::PaymentFailed)?;
        PaymentSummary::of(self.payment, work)
    }
}

impl RejectPayment {
    fn checked_reason(&self) -> Result<&str, Refusal> {
        let reason = self.reason.as_deref().unwrap_or(NO_REASON);
        let fits = !reason.trim().is_empty() && reason.chars().count() <= MAX_TEXT;
        if fits && !reason.chars().any(char::is_control) {
            return Ok(reason);
        }
        Err(Refusal::invalid("/reason", "must have 1 to 200 characters, none of them control characters"))
    }
}
