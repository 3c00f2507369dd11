//! Steps towards paying an order back, which several operations share.

use crate::{
    Inventory, Order, OrderId, OrderStatus, Payment, Refusal, ReleaseReason, States, StreamId, Ticket,
    UnitOfWork, inventory::InventoryCommand, payment::PaymentCommand, ticket::TicketCommand,
};

/// An order's stream, and once that is known its payment's, its show's inventory and its tickets'.
pub(super) fn streams(order: OrderId, known: &dyn States) -> Vec<StreamId> {
    let mut streams = super::settle::streams_of_order(order, known);
    let tickets = known.known::<Order>(order).map(Order::tickets).unwrap_or_default();
    streams.extend(tickets.iter().map(|code| StreamId::ticket(*code)));
    streams
}

/// The order is confirmed and its refund is not under way.
pub(super) fn is_refundable(work: &UnitOfWork<'_>, order: OrderId) -> Result<(), Refusal> {
    let state = work.state::<Order>(order)?;
    let (placed, current_status) = state.placed().zip(state.status()).ok_or(Refusal::NotFound)?;
    let refund_requested = work.state::<Payment>(placed.payment)?.is_being_refunded();
    let no = Refusal::OrderNotRefundable { current_status, refund_requested };
    if current_status != OrderStatus::Confirmed || refund_requested {
        return Err(no);
    }
    // Another program confirmed it after its streams were loaded: as if asked before that.
    let confirmed_since = state.tickets().iter().any(|code| work.version::<Ticket>(*code).is_err());
    if confirmed_since {
        return Err(Refusal::OrderNotRefundable { current_status: OrderStatus::Pending, refund_requested });
    }
    Ok(())
}

/// The tickets are void, the seats are free, and the money is on its way back: for a process to see to, as it may have
/// to ask somebody else.
pub(super) fn request(work: &mut UnitOfWork<'_>, order: OrderId, reason: &str) -> Result<(), Refusal> {
    let placed = super::settle::placed(work, order)?;
    let tickets = work.state::<Order>(order)?.tickets().to_vec();
    let command = PaymentCommand::RequestRefund { reason: reason.to_owned() };
    work.decide::<Payment>(placed.payment, command)?;
    let release = InventoryCommand::Release { order, reason: ReleaseReason::Refunded };
    work.decide::<Inventory>(placed.show, release)?;
    for code in tickets {
        work.decide::<Ticket>(code, TicketCommand::Void)?;
    }
    Ok(())
}
