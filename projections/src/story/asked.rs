//! What was asked for, read off what came of it: the log keeps a command's id and its events, not its name.

use domain::{DomainEvent, InventoryEvent, OrderEvent, PaymentEvent, PlacedOrder, TicketEvent, UserId};
use event_store::Metadata;
use serde::Serialize;
use utoipa::ToSchema;

use super::seen::Seen;

/// What was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Asked {
    /// A customer ordered.
    PlaceOrder,
    /// Somebody gave the order up.
    CancelOrder,
    /// The box office saw the money.
    ApprovePayment,
    /// The box office said that the money will not come.
    RejectPayment,
    /// Whoever takes the money said how it went.
    SettlePayment,
    /// The hold on the seats was over.
    ExpireHold,
    /// The order was to be paid back.
    RefundOrder,
    /// The show was cancelled.
    UnwindShow,
    /// The money went back.
    CompleteRefund,
    /// A ticket's holder came.
    CheckIn,
}

/// What one command came to, as far as it concerns the order.
#[derive(Debug)]
pub(super) struct Step<'a> {
    pub(super) events: &'a [Seen],
    pub(super) metadata: Option<&'a Metadata>,
    pub(super) asked: Option<Asked>,
}

/// The events, command by command.
pub(super) fn steps(seen: &[Seen]) -> impl Iterator<Item = Step<'_>> {
    seen.chunk_by(|one, next| next.is_of_the_command_of(one)).map(Step::new)
}

impl<'a> Step<'a> {
    fn new(events: &'a [Seen]) -> Self {
        let metadata = events.first().and_then(|seen| seen.metadata.as_ref());
        let by_somebody = metadata.is_some_and(|metadata| metadata.actor.is_some());
        Self { events, metadata, asked: asked(events, by_somebody) }
    }

    /// Who asked.
    pub(super) fn actor(&self) -> Option<UserId> {
        self.metadata.and_then(|metadata| metadata.actor).map(UserId::from)
    }

    /// The process that asked, if one did.
    pub(super) fn process(&self) -> Option<&'static str> {
        self.metadata.and_then(|metadata| metadata.causation)?;
        match self.asked? {
            Asked::ExpireHold => Some("hold-expiry"),
            Asked::SettlePayment => Some("charging"),
            Asked::CompleteRefund => Some("refunds"),
            Asked::UnwindShow => Some("cancellations"),
            Asked::PlaceOrder
            | Asked::CancelOrder
            | Asked::ApprovePayment
            | Asked::RejectPayment
            | Asked::RefundOrder
            | Asked::CheckIn => None,
        }
    }

    /// Why it happened, in words.
    pub(super) fn why(&self, placed: &PlacedOrder) -> &'static str {
        let actor = self.actor();
        let (customer, organizer) = (actor == Some(placed.customer), actor == Some(placed.organizer));
        match self.asked {
            Some(Asked::PlaceOrder) => "The customer ordered.",
            Some(Asked::CancelOrder) if customer => "The customer gave the order up.",
            Some(Asked::CancelOrder) => "The box office gave the order up.",
            Some(Asked::ApprovePayment) => "The box office saw the money.",
            Some(Asked::RejectPayment) => "The box office said that the money will not come.",
            Some(Asked::SettlePayment) if self.process().is_some() => "Whoever takes cards was asked.",
            Some(Asked::SettlePayment) => "Whoever takes the money told of it.",
            Some(Asked::ExpireHold) => "Nobody had paid when the hold ended.",
            Some(Asked::RefundOrder) if organizer => "The organizer had the order paid back.",
            Some(Asked::RefundOrder) => "The box office had the order paid back.",
            Some(Asked::UnwindShow) => "The show was cancelled.",
            Some(Asked::CompleteRefund) => "The money was to go back.",
            Some(Asked::CheckIn) => "The ticket was shown at the door.",
            None => "This can't be told here.",
        }
    }
}

/// By the first event that tells.
fn asked(events: &[Seen], by_somebody: bool) -> Option<Asked> {
    let settled = events.iter().any(|seen| {
        matches!(&seen.event, Some(DomainEvent::Payment(_, PaymentEvent::PaymentSucceeded { .. })))
    });
    let first =
        events.iter().filter_map(|seen| seen.event.as_ref()).find_map(|event| told_by(event, by_somebody));
    match first {
        // A payment that came when the hold had just ended: expiry comes first, then what the payment leads to.
        Some(Asked::ExpireHold) if settled => Some(Asked::SettlePayment),
        other => other,
    }
}

fn told_by(event: &DomainEvent, by_somebody: bool) -> Option<Asked> {
    let either = |somebody, nobody| Some(if by_somebody { somebody } else { nobody });
    match event {
        DomainEvent::Order(_, event) => match event {
            OrderEvent::OrderPlaced(_) => Some(Asked::PlaceOrder),
            OrderEvent::OrderCancelled {} => either(Asked::CancelOrder, Asked::UnwindShow),
            OrderEvent::OrderExpired {} => Some(Asked::ExpireHold),
            OrderEvent::OrderConfirmed { .. }
            | OrderEvent::OrderFailed { .. }
            | OrderEvent::OrderRefunded {} => None,
        },
        DomainEvent::Payment(_, event) => match event {
            PaymentEvent::PaymentRequested(_) => Some(Asked::PlaceOrder),
            PaymentEvent::PaymentSucceeded { .. } => either(Asked::ApprovePayment, Asked::SettlePayment),
            PaymentEvent::PaymentFailed { .. } => either(Asked::RejectPayment, Asked::SettlePayment),
            PaymentEvent::PaymentRefundRequested { .. } => either(Asked::RefundOrder, Asked::UnwindShow),
            PaymentEvent::PaymentRefunded { .. } => Some(Asked::CompleteRefund),
            PaymentEvent::PaymentCancelled {} => None,
        },
        DomainEvent::Ticket(_, event) => match event {
            TicketEvent::TicketCheckedIn {} => Some(Asked::CheckIn),
            TicketEvent::TicketIssued(_) | TicketEvent::TicketVoided {} => None,
        },
        DomainEvent::Inventory(_, event) => match event {
            // Of an order that is placed, or of one whose payment came late: the next event tells.
            InventoryEvent::SeatsReserved { .. }
            | InventoryEvent::SeatsCommitted { .. }
            | InventoryEvent::SeatsReleased { .. } => None,
        },
        DomainEvent::Show(..) | DomainEvent::Account(..) => None,
    }
}
