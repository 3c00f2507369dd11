//! A cancelled show's orders: pending ones are cancelled, confirmed ones paid back; some at a time.

use serde::{Deserialize, Serialize};

use super::{refunding, settle};
use crate::{
    Inventory, Operation, Order, OrderId, OrderStatus, Payment, Refusal, ReleaseReason, Show, ShowId,
    ShowStatus, States, StreamId, UnitOfWork, order::OrderCommand, payment::PaymentCommand,
};

/// Why the orders of a cancelled show are paid back.
const REASON: &str = "show cancelled";

/// Settle some of the orders that a cancelled show still has. Repeated, it goes on with the next.
#[derive(Debug, Clone, Copy)]
pub struct UnwindShow {
    /// The show.
    pub show: ShowId,
    /// How many orders at most.
    pub limit: usize,
}

/// How far that went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unwound {
    /// Orders settled now.
    pub settled: usize,
    /// Orders that still have seats.
    pub remaining: usize,
}

impl Operation for UnwindShow {
    type Answer = Unwound;

    fn streams(&self, known: &dyn States) -> Vec<StreamId> {
        let mut streams = vec![StreamId::show(self.show), StreamId::inventory(self.show)];
        let next = known.known::<Inventory>(self.show).map(|inventory| inventory.first_orders(self.limit));
        streams.extend(next.into_iter().flatten().flat_map(|order| refunding::streams(order, known)));
        streams
    }

    fn run(&self, work: &mut UnitOfWork<'_>) -> Result<Unwound, Refusal> {
        match work.state::<Show>(self.show)?.status() {
            Some(ShowStatus::Cancelled) => {}
            None | Some(ShowStatus::Draft | ShowStatus::OnSale | ShowStatus::Closed) => {
                return Err(Refusal::NotFound);
            }
        }
        let mut settled = 0;
        for order in work.state::<Inventory>(self.show)?.first_orders(self.limit) {
            settled += usize::from(self.settle(work, order)?);
        }
        Ok(Unwound { settled, remaining: work.state::<Inventory>(self.show)?.orders() })
    }
}

impl UnwindShow {
    /// Whether the order is settled now. One whose streams another program changed since they were loaded is left for
    /// the next time.
    fn settle(&self, work: &mut UnitOfWork<'_>, order: OrderId) -> Result<bool, Refusal> {
        let Ok(state) = work.state::<Order>(order) else { return Ok(false) };
        let Some((placed, status)) = state.placed().cloned().zip(state.status()) else { return Ok(false) };
        if work.version::<Payment>(placed.payment).is_err() {
            return Ok(false);
        }
        match status {
            OrderStatus::Pending => {
                work.decide::<Order>(order, OrderCommand::Cancel)?;
                settle::give_back(work, order, self.show, ReleaseReason::Cancelled)?;
                work.decide::<Payment>(placed.payment, PaymentCommand::Cancel)?;
            }
            OrderStatus::Confirmed => {
                if refunding::is_refundable(work, order).is_err() {
                    return Ok(false);
                }
                refunding::request(work, order, REASON)?;
            }
            // Settled orders have no seats.
            OrderStatus::Failed | OrderStatus::Cancelled | OrderStatus::Expired | OrderStatus::Refunded => {
                return Ok(false);
            }
        }
        Ok(true)
    }
}
