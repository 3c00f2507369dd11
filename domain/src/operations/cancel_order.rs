//! A customer, or an operator for them, gives an order up before it is paid for.

use super::{Actor, OrderSummary, settle};
use crate::{
    Operation, Order, OrderId, Payment, Refusal, ReleaseReason, States, StreamId, UnitOfWork,
    order::OrderCommand, payment::PaymentCommand,
};

/// Give an order up.
#[derive(Debug, Clone, Copy)]
pub struct CancelOrder {
    /// The order.
    pub order: OrderId,
    /// Who asks.
    pub by: Actor,
}

impl Operation for CancelOrder {
    type Answer = OrderSummary;

    fn streams(&self, known: &dyn States) -> Vec<StreamId> {
        settle::streams_of_order(self.order, known)
    }

    fn run(&self, work: &mut UnitOfWork<'_>) -> Result<OrderSummary, Refusal> {
        work.correlate(self.order.uuid());
        let placed = settle::placed(work, self.order)?;
        if !self.by.may_act_for(placed.customer) {
            return Err(Refusal::NotFound);
        }
        // The order itself would let a second cancellation pass; a caller wants to know.
        settle::still_pending(work, self.order)?;
        work.decide::<Order>(self.order, OrderCommand::Cancel)?;
        settle::give_back(work, self.order, placed.show, ReleaseReason::Cancelled)?;
        work.decide::<Payment>(placed.payment, PaymentCommand::Cancel)?;
        OrderSummary::of(self.order, work)
    }
}
