//! Nobody paid in time: the seats go back on sale.

use super::{HoldOutcome, settle};
use crate::{
    Operation, Order, OrderId, OrderStatus, Payment, Refusal, ReleaseReason, States, StreamId, UnitOfWork,
    order::OrderCommand, payment::PaymentCommand,
};

/// End the hold on an order's seats, if its time is up and nobody paid.
#[derive(Debug, Clone, Copy)]
pub struct ExpireHold {
    /// The order.
    pub order: OrderId,
}

impl Operation for ExpireHold {
    type Answer = HoldOutcome;

    fn streams(&self, known: &dyn States) -> Vec<StreamId> {
        settle::streams_of_order(self.order, known)
    }

    fn run(&self, work: &mut UnitOfWork<'_>) -> Result<HoldOutcome, Refusal> {
        work.correlate(self.order.uuid());
        let placed = settle::placed(work, self.order)?;
        if work.state::<Order>(self.order)?.status() != Some(OrderStatus::Pending) {
            return Ok(HoldOutcome::AlreadySettled);
        }
        let at = work.now();
        work.decide::<Order>(self.order, OrderCommand::Expire { at })?;
        settle::give_back(work, self.order, placed.show, ReleaseReason::Expired)?;
        work.decide::<Payment>(placed.payment, PaymentCommand::Cancel)?;
        Ok(HoldOutcome::Expired)
    }
}
