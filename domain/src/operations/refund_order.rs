//! An order is to be paid back: its tickets are void and its seats on sale at once, the money follows.

use super::{Actor, OrderSummary, refunding};
use crate::{Operation, OrderId, Refusal, States, StreamId, UnitOfWork, show::MAX_TEXT};

/// What is recorded where no reason is given.
const NO_REASON: &str = "refunded";

/// Pay an order back.
#[derive(Debug, Clone)]
pub struct RefundOrder {
    /// The order.
    pub order: OrderId,
    /// Who asks: an operator or the show's organizer.
    pub by: Actor,
    /// Why, in 1 to 200 characters.
    pub reason: Option<String>,
}

impl Operation for RefundOrder {
    type Answer = OrderSummary;

    fn streams(&self, known: &dyn States) -> Vec<StreamId> {
        refunding::streams(self.order, known)
    }

    fn run(&self, work: &mut UnitOfWork<'_>) -> Result<OrderSummary, Refusal> {
        work.correlate(self.order.uuid());
        let placed = super::settle::placed(work, self.order)?;
        if !self.by.may_act_for(placed.organizer) {
            return Err(Refusal::NotFound);
        }
        let reason = super::settle::checked_reason(self.reason.as_deref(), NO_REASON)?;
        refunding::is_refundable(work, self.order)?;
        refunding::request(work, self.order, reason)?;
        OrderSummary::of(self.order, work)
    }
}

const _: () = assert!(NO_REASON.len() <= MAX_TEXT);
