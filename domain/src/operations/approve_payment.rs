//! An operator has seen the money: payment, seats, order and tickets together.

use super::{PaymentSummary, settle};
use crate::{Operation, PaymentId, PaymentStatus, Refusal, States, StreamId, UnitOfWork};

/// Say that a manual payment has come in.
#[derive(Debug, Clone, Copy)]
pub struct ApprovePayment {
    /// The payment.
    pub payment: PaymentId,
}

impl Operation for ApprovePayment {
    type Answer = PaymentSummary;

    fn streams(&self, known: &dyn States) -> Vec<StreamId> {
        settle::streams_of_payment(self.payment, known)
    }

    fn run(&self, work: &mut UnitOfWork<'_>) -> Result<PaymentSummary, Refusal> {
        let request = settle::pending_by_hand(work, self.payment)?;
        work.correlate(request.order.uuid());
        let placed = settle::placed(work, request.order)?;
        if placed.held_until <= work.now() {
            // The seats may be someone else's any moment. Expiry is due and cancels the payment; until it has, the
            // caller is told what it will come to.
            return Err(Refusal::PaymentNotPending { current_status: PaymentStatus::Cancelled });
        }
        settle::confirm(work, request.order, &placed, None)?;
        PaymentSummary::of(self.payment, work)
    }
}
