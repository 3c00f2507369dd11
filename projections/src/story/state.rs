//! How an order and all that belongs to it stood: what the domain's own aggregates make of its events.

use std::collections::BTreeMap;

use domain::{
    Account, Decider, DomainEvent, Inventory, Order, OrderId, Payment, StreamId, Ticket, TicketStatus,
};
use serde::Serialize;
use utoipa::ToSchema;

use super::seen::Seen;

/// Everything that belongs to an order, as it stands.
#[derive(Debug, Default)]
pub(super) struct Standing {
    order: Order,
    payment: Payment,
    /// Only this order's part of the show's inventory.
    inventory: Inventory,
    /// The order, once seats were held for it.
    holder: Option<OrderId>,
    tickets: BTreeMap<StreamId, Ticket>,
    /// The account that was paid from, or into.
    pub(super) account: Option<Account>,
}

/// How an order stood.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct HistoryState {
    /// The order's status; absent before it was placed.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "pending")]
    pub order: Option<&'static str>,
    /// The payment's status; absent before it was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "pending")]
    pub payment: Option<&'static str>,
    /// `requested` while the payment is on its way back.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refund: Option<&'static str>,
    /// `held`, `sold` or `free`: what became of the order's seats; absent before it had any.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "held")]
    pub seats: Option<&'static str>,
    /// Its tickets; absent before it had any.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tickets: Option<HistoryTickets>,
    /// The account that was paid from, for the customer and the box office, from when the order moved it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account: Option<HistoryAccount>,
}

/// How many of an order's tickets there were.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct HistoryTickets {
    /// Good for admission.
    pub issued: u32,
    /// Used.
    pub checked_in: u32,
    /// No longer good.
    pub void: u32,
}

/// What there was in an account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct HistoryAccount {
    /// In minor units.
    pub balance: i64,
    /// ISO 4217 code of the currency.
    #[schema(example = "EUR")]
    pub currency: &'static str,
}

impl Standing {
    /// After an event. What can't be read changes nothing.
    pub(super) fn apply(&mut self, seen: &Seen) {
        match &seen.event {
            Some(DomainEvent::Order(_, event)) => self.order.evolve(event),
            Some(DomainEvent::Payment(_, event)) => self.payment.evolve(event),
            Some(DomainEvent::Inventory(_, event)) => {
                self.inventory.evolve(event);
                self.holder = Some(event.order());
            }
            Some(DomainEvent::Ticket(code, event)) => {
                self.tickets.entry(StreamId::ticket(*code)).or_default().evolve(event);
            }
            Some(DomainEvent::Show(..) | DomainEvent::Account(..)) | None => {}
        }
    }

    /// The ticket of a stream.
    pub(super) fn ticket(&self, stream: StreamId) -> Option<&Ticket> {
        self.tickets.get(&stream)
    }

    /// In words.
    pub(super) fn told(&self) -> HistoryState {
        HistoryState {
            order: self.order.status().map(domain::OrderStatus::as_str),
            payment: self.payment.status().map(domain::PaymentStatus::as_str),
            refund: self.payment.is_being_refunded().then_some("requested"),
            seats: self.seats(),
            tickets: self.tickets(),
            account: self.account(),
        }
    }

    fn seats(&self) -> Option<&'static str> {
        let holding = self.inventory.holding(self.holder?);
        Some(holding.map_or("free", |holding| holding.state.as_str()))
    }

    fn tickets(&self) -> Option<HistoryTickets> {
        if self.tickets.is_empty() {
            return None;
        }
        let mut told = HistoryTickets::default();
        for ticket in self.tickets.values() {
            match ticket.status() {
                Some(TicketStatus::Issued) => told.issued += 1,
                Some(TicketStatus::CheckedIn) => told.checked_in += 1,
                Some(TicketStatus::Void) => told.void += 1,
                None => {}
            }
        }
        Some(told)
    }

    fn account(&self) -> Option<HistoryAccount> {
        match self.account? {
            Account::NotOpened => None,
            Account::Open { currency, balance, .. } => {
                Some(HistoryAccount { balance, currency: currency.code() })
            }
        }
    }
}
