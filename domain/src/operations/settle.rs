//! Steps that several operations share.

use std::sync::Arc;

use crate::{
    Inventory, IssuedTicket, Order, OrderId, OrderStatus, Payment, PaymentId, PaymentMethod, PaymentStatus,
    PlacedOrder, Refusal, ReleaseReason, Show, ShowId, States, StreamId, Ticket, TicketCode, UnitOfWork,
    UserId,
    inventory::InventoryCommand,
    order::OrderCommand,
    payment::{PaymentCommand, PaymentRequest},
    show::MAX_TEXT,
    ticket::TicketCommand,
};

/// The show is the organizer's own; anyone else's does not exist.
pub(super) fn own_show(work: &UnitOfWork<'_>, show: ShowId, organizer: UserId) -> Result<(), Refusal> {
    let owner = work.state::<Show>(show)?.details().map(|details| details.organizer);
    if owner == Some(organizer) { Ok(()) } else { Err(Refusal::NotFound) }
}

/// The order as it was placed.
pub(super) fn placed(work: &UnitOfWork<'_>, order: OrderId) -> Result<Arc<PlacedOrder>, Refusal> {
    work.state::<Order>(order)?.placed().cloned().ok_or(Refusal::NotFound)
}

/// The payment as it was requested.
pub(super) fn requested(work: &UnitOfWork<'_>, payment: PaymentId) -> Result<Arc<PaymentRequest>, Refusal> {
    work.state::<Payment>(payment)?.requested().cloned().ok_or(Refusal::NotFound)
}

/// The payment, if an operator has yet to say whether it came.
pub(super) fn pending_by_hand(
    work: &UnitOfWork<'_>,
    payment: PaymentId,
) -> Result<Arc<PaymentRequest>, Refusal> {
    let request = requested(work, payment)?;
    match work.state::<Payment>(payment)?.status() {
        Some(PaymentStatus::Pending) => {}
        Some(current_status) => return Err(Refusal::PaymentNotPending { current_status }),
        None => return Err(Refusal::NotFound),
    }
    match request.method {
        PaymentMethod::Manual => Ok(request),
        // Somebody else knows whether the money came.
        PaymentMethod::Wallet | PaymentMethod::Card => Err(Refusal::PaymentMethodUnavailable),
    }
}

/// The order is not settled yet.
pub(super) fn still_pending(work: &UnitOfWork<'_>, order: OrderId) -> Result<(), Refusal> {
    match work.state::<Order>(order)?.status() {
        Some(OrderStatus::Pending) => Ok(()),
        Some(current_status) => Err(Refusal::OrderNotPending { current_status }),
        None => Err(Refusal::NotFound),
    }
}

/// An order's stream, and once that is known its payment's and its show's inventory.
pub(super) fn streams_of_order(order: OrderId, known: &dyn States) -> Vec<StreamId> {
    let mut streams = vec![StreamId::order(order)];
    if let Some(placed) = known.known::<Order>(order).and_then(Order::placed) {
        streams.extend([StreamId::payment(placed.payment), StreamId::inventory(placed.show)]);
    }
    streams
}

/// A payment's stream, and once that is known its order's and its show's inventory.
pub(super) fn streams_of_payment(payment: PaymentId, known: &dyn States) -> Vec<StreamId> {
    let mut streams = vec![StreamId::payment(payment)];
    if let Some(request) = known.known::<Payment>(payment).and_then(Payment::requested) {
        streams.extend([StreamId::order(request.order), StreamId::inventory(request.show)]);
    }
    streams
}

/// The money came: the seats are sold, the order is confirmed, and there is a ticket for each of its lines.
pub(super) fn confirm(
    work: &mut UnitOfWork<'_>,
    id: OrderId,
    placed: &PlacedOrder,
    reference: Option<&str>,
) -> Result<(), Refusal> {
    let tickets: Vec<TicketCode> = placed.lines.iter().map(|_| work.ticket_code()).collect();
    let succeed = PaymentCommand::Succeed { reference: reference.map(str::to_owned) };
    work.decide::<Payment>(placed.payment, succeed)?;
    work.decide::<Inventory>(placed.show, InventoryCommand::Commit { order: id })?;
    let at = work.now();
    let confirm = OrderCommand::Confirm { payment: placed.payment, tickets: tickets.clone(), at };
    work.decide::<Order>(id, confirm)?;
    issue(work, id, placed, tickets)
}

/// A ticket for each of an order's lines.
pub(super) fn issue(
    work: &mut UnitOfWork<'_>,
    id: OrderId,
    placed: &PlacedOrder,
    tickets: Vec<TicketCode>,
) -> Result<(), Refusal> {
    for (code, line) in tickets.into_iter().zip(&placed.lines) {
        let ticket = IssuedTicket {
            order: id,
            show: placed.show,
            customer: placed.customer,
            section: line.section,
            seat: line.seat,
        };
        work.create::<Ticket>(code, TicketCommand::Issue(ticket))?;
    }
    Ok(())
}

/// The money did not come and will not: the order fails, and its seats are free.
pub(super) fn fail(
    work: &mut UnitOfWork<'_>,
    payment: PaymentId,
    request: &PaymentRequest,
    reason: &str,
) -> Result<(), Refusal> {
    work.decide::<Payment>(payment, PaymentCommand::Fail { reason: reason.to_owned() })?;
    work.decide::<Order>(request.order, OrderCommand::Fail { reason: reason.to_owned() })?;
    give_back(work, request.order, request.show, ReleaseReason::PaymentFailed)
}

/// Nobody paid in time.
pub(super) fn expire(work: &mut UnitOfWork<'_>, order: OrderId, placed: &PlacedOrder) -> Result<(), Refusal> {
    let at = work.now();
    work.decide::<Order>(order, OrderCommand::Expire { at })?;
    give_back(work, order, placed.show, ReleaseReason::Expired)?;
    work.decide::<Payment>(placed.payment, PaymentCommand::Cancel)
}

/// A reason as it is recorded, in people's own words or ours.
pub(super) fn checked_reason<'a>(reason: Option<&'a str>, ours: &'a str) -> Result<&'a str, Refusal> {
    let reason = reason.unwrap_or(ours);
    let fits = !reason.trim().is_empty() && reason.chars().count() <= MAX_TEXT;
    if fits && !reason.chars().any(char::is_control) {
        return Ok(reason);
    }
    Err(Refusal::invalid("/reason", "must have 1 to 200 characters, none of them control characters"))
}

/// Nobody needs the order's seats any more.
pub(super) fn give_back(
    work: &mut UnitOfWork<'_>,
    order: OrderId,
    show: ShowId,
    reason: ReleaseReason,
) -> Result<(), Refusal> {
    work.decide::<Inventory>(show, InventoryCommand::Release { order, reason })
}
