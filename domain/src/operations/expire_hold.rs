//! Nobody paid in time: the seats go back on sale.

use super::{HoldOutcome, settle};
use crate::{Operation, Order, OrderId, OrderStatus, Refusal, States, StreamId, UnitOfWork};

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
        settle::expire(work, self.order, &placed)?;
        Ok(HoldOutcome::Expired)
    }
}
