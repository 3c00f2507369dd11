//! An operator says that the money will not come: the order fails, its seats go back on sale.

use super::{PaymentSummary, settle};
use crate::{Operation, PaymentId, Refusal, States, StreamId, UnitOfWork};

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
        let reason = settle::checked_reason(self.reason.as_deref(), NO_REASON)?;
        let request = settle::pending_by_hand(work, self.payment)?;
        work.correlate(request.order.uuid());
        settle::fail(work, self.payment, &request, reason)?;
        PaymentSummary::of(self.payment, work)
    }
}
