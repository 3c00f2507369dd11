//! Whoever takes the money for us says how it went: now, again, too late, or the opposite of before.

use serde::{Deserialize, Serialize};

use super::{PaymentSummary, settle};
use crate::{
    Inventory, Operation, Order, OrderItem, OrderStatus, Payment, PaymentId, PaymentMethod, PaymentRequest,
    PaymentStatus, PlacedOrder, Refusal, Show, ShowStatus, States, StreamId, TicketCode, UnitOfWork, Wanted,
    inventory::InventoryCommand, order::OrderCommand, payment::PaymentCommand, words::words,
};

/// Why a payment is paid back that came when its order had ended.
const LATE: &str = "paid after the order had ended";

/// How a payment went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The money came.
    Succeeded {
        /// How the provider calls it.
        reference: Option<String>,
    },
    /// It did not and will not.
    Failed {
        /// Why.
        reason: String,
    },
}

words! {
    /// What an outcome led to.
    SettleEffect {
        /// The order is confirmed.
        Confirmed = "confirmed",
        /// The order failed, its seats are free.
        Failed = "failed",
        /// The hold had ended, the same seats were still to be had: the order is confirmed.
        ConfirmedLate = "confirmed_late",
        /// The order had ended: the money goes back.
        Refunded = "refunded",
        /// All was settled before; nothing changes.
        Nothing = "nothing",
    }
}

/// What an outcome led to, and where the payment stands now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settled {
    /// What it led to.
    pub effect: SettleEffect,
    /// Where the payment stands.
    pub payment: PaymentSummary,
}

/// Record how a payment went. The first outcome counts, with one exception: money that came is never overlooked.
#[derive(Debug, Clone)]
pub struct SettlePayment {
    /// The payment.
    pub payment: PaymentId,
    /// How it went.
    pub outcome: Outcome,
}

impl Operation for SettlePayment {
    type Answer = Settled;

    fn streams(&self, known: &dyn States) -> Vec<StreamId> {
        let mut streams = settle::streams_of_payment(self.payment, known);
        if let Some(request) = known.known::<Payment>(self.payment).and_then(Payment::requested) {
            // Seats are chosen anew by the show's plan.
            streams.push(StreamId::show(request.show));
        }
        streams
    }

    fn run(&self, work: &mut UnitOfWork<'_>) -> Result<Settled, Refusal> {
        let request = settle::requested(work, self.payment)?;
        others_take_it(request.method)?;
        work.correlate(request.order.uuid());
        let status = work.state::<Payment>(self.payment)?.status().ok_or(Refusal::NotFound)?;
        let effect = match (&self.outcome, status) {
            (Outcome::Succeeded { reference }, PaymentStatus::Pending) => {
                self.succeed(work, &request, reference.as_deref())?
            }
            (Outcome::Succeeded { reference }, PaymentStatus::Cancelled | PaymentStatus::Failed) => {
                self.succeed_late(work, &request, reference.as_deref())?
            }
            (Outcome::Failed { reason }, PaymentStatus::Pending) => {
                settle::fail(work, self.payment, &request, reason)?;
                SettleEffect::Failed
            }
            (Outcome::Succeeded { .. }, PaymentStatus::Succeeded | PaymentStatus::Refunded)
            | (
                Outcome::Failed { .. },
                PaymentStatus::Succeeded
                | PaymentStatus::Failed
                | PaymentStatus::Cancelled
                | PaymentStatus::Refunded,
            ) => SettleEffect::Nothing,
        };
        Ok(Settled { effect, payment: PaymentSummary::of(self.payment, work)? })
    }
}

/// Whether somebody else than ourselves takes such payments. An account that lives here paid when the order was placed,
/// or did not; who says otherwise of it would have money paid into it that never came.
fn others_take_it(method: PaymentMethod) -> Result<(), Refusal> {
    match method {
        PaymentMethod::Manual | PaymentMethod::Card => Ok(()),
        PaymentMethod::Wallet => Err(Refusal::PaymentMethodUnavailable),
    }
}

impl SettlePayment {
    fn succeed(
        &self,
        work: &mut UnitOfWork<'_>,
        request: &PaymentRequest,
        reference: Option<&str>,
    ) -> Result<SettleEffect, Refusal> {
        let placed = settle::placed(work, request.order)?;
        if work.now() < placed.held_until {
            settle::confirm(work, request.order, &placed, reference)?;
            return Ok(SettleEffect::Confirmed);
        }
        // Expiry is due; what comes of the payment must not depend on which of the two is quicker.
        settle::expire(work, request.order, &placed)?;
        self.succeed_late(work, request, reference)
    }

    fn succeed_late(
        &self,
        work: &mut UnitOfWork<'_>,
        request: &PaymentRequest,
        reference: Option<&str>,
    ) -> Result<SettleEffect, Refusal> {
        let placed = settle::placed(work, request.order)?;
        let late = PaymentCommand::SucceedLate { reference: reference.map(str::to_owned) };
        work.decide::<Payment>(self.payment, late)?;
        let expired = work.state::<Order>(request.order)?.status() == Some(OrderStatus::Expired);
        let takes_place = work.state::<Show>(request.show)?.status() != Some(ShowStatus::Cancelled);
        if expired && takes_place && take_again(work, request, &placed)? {
            let tickets: Vec<TicketCode> = placed.lines.iter().map(|_| work.ticket_code()).collect();
            let confirm = OrderCommand::ConfirmLate { payment: self.payment, tickets: tickets.clone() };
            work.decide::<Order>(request.order, confirm)?;
            settle::issue(work, request.order, &placed, tickets)?;
            return Ok(SettleEffect::ConfirmedLate);
        }
        let refund = PaymentCommand::RequestRefund { reason: LATE.to_owned() };
        work.decide::<Payment>(self.payment, refund)?;
        Ok(SettleEffect::Refunded)
    }
}

/// The same seats for the same order, if all are free and the customer may still have them.
fn take_again(
    work: &mut UnitOfWork<'_>,
    request: &PaymentRequest,
    placed: &PlacedOrder,
) -> Result<bool, Refusal> {
    let Some(show) = work.state::<Show>(request.show)?.details().cloned() else { return Ok(false) };
    // The plan of a published show only grows, so what was ordered once can still be asked for.
    let Ok(picks) = show.layout.select(&items(placed)) else { return Ok(false) };
    let (order, customer, until) = (request.order, request.customer, work.now());
    let limit = show.draft.max_per_customer;
    let reserve = InventoryCommand::Reserve { order, customer, picks: &picks, limit, until };
    match work.decide::<Inventory>(request.show, reserve) {
        Ok(()) => work.decide::<Inventory>(request.show, InventoryCommand::Commit { order }).map(|()| true),
        Err(
            Refusal::SeatsTaken { .. }
            | Refusal::NotEnoughAvailable { .. }
            | Refusal::NoAdjacentSeats { .. }
            | Refusal::CustomerLimit { .. },
        ) => Ok(false),
        Err(other) => Err(other),
    }
}

/// What an order has, as it would be ordered by name.
fn items(placed: &PlacedOrder) -> Vec<OrderItem> {
    let mut items: Vec<OrderItem> = Vec::new();
    for line in &placed.lines {
        let section = Some(line.section.to_string());
        let same = items.iter_mut().find(|item| item.section == section).map(|item| &mut item.wanted);
        match (same, line.seat) {
            (Some(Wanted::Quantity { quantity, .. }), None) => *quantity += 1,
            (Some(Wanted::Seats(seats)), Some(seat)) => seats.push(seat.to_string()),
            (_, None) => {
                items.push(OrderItem { section, wanted: Wanted::Quantity { quantity: 1, adjacent: false } });
            }
            (_, Some(seat)) => {
                items.push(OrderItem { section, wanted: Wanted::Seats(vec![seat.to_string()]) });
            }
        }
    }
    items
}
