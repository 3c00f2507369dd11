//! What callers are told, and who calls.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::{
    Account, AccountId, Code, Currency, Order, OrderId, OrderLine, OrderStatus, Payment, PaymentId,
    PaymentMethod, PaymentStatus, Refusal, SeatName, Show, ShowId, ShowStatus, Ticket, TicketCode,
    TicketStatus, UnitOfWork, UserId, words::words,
};

/// Who calls, as far as it matters for what they may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Actor {
    /// The user.
    pub user: UserId,
    /// Whether the user is an operator.
    pub operator: bool,
}

impl Actor {
    /// Whether what belongs to `owner` is the caller's business.
    #[must_use]
    pub fn may_act_for(self, owner: UserId) -> bool {
        self.operator || self.user == owner
    }
}

words! {
    /// What became of a hold whose time was up.
    HoldOutcome {
        /// The seats were given back.
        Expired = "expired",
        /// The order was settled before.
        AlreadySettled = "already_settled",
    }
}

/// A show, as its organizer is told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShowSummary {
    /// The show.
    pub show_id: ShowId,
    /// How many events it has.
    pub version: u64,
    /// Where it stands.
    pub status: ShowStatus,
}

impl ShowSummary {
    pub(super) fn of(show: ShowId, work: &UnitOfWork<'_>) -> Result<Self, Refusal> {
        let status = work.state::<Show>(show)?.status().ok_or(Refusal::NotFound)?;
        Ok(Self { show_id: show, version: work.version::<Show>(show)?, status })
    }
}

/// An order, as its customer is told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderSummary {
    /// The order.
    pub order_id: OrderId,
    /// What it is for.
    pub show_id: ShowId,
    /// Its payment.
    pub payment_id: PaymentId,
    /// Where it stands.
    pub status: OrderStatus,
    /// Why it failed, if it did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Its seats.
    pub lines: Vec<OrderLine>,
    /// Their sum in minor units.
    pub subtotal: i64,
    /// The tax on it.
    pub tax: i64,
    /// What is to be paid.
    pub total: i64,
    /// The currency of all amounts.
    pub currency: Currency,
    /// When the hold on its seats ends.
    pub held_until: DateTime<Utc>,
    /// When it was placed.
    pub created_at: DateTime<Utc>,
}

impl OrderSummary {
    pub(super) fn of(id: OrderId, work: &UnitOfWork<'_>) -> Result<Self, Refusal> {
        let order = work.state::<Order>(id)?;
        let (placed, status) = order.placed().zip(order.status()).ok_or(Refusal::NotFound)?;
        Ok(Self {
            order_id: id,
            show_id: placed.show,
            payment_id: placed.payment,
            status,
            reason: order.reason().map(str::to_owned),
            lines: placed.lines.clone(),
            subtotal: placed.subtotal,
            tax: placed.tax,
            total: placed.total,
            currency: placed.currency,
            held_until: placed.held_until,
            created_at: placed.created_at,
        })
    }
}

/// A payment, as an operator is told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaymentSummary {
    /// The payment.
    pub payment_id: PaymentId,
    /// What it is for.
    pub order_id: OrderId,
    /// How it is made.
    pub method: PaymentMethod,
    /// Where it stands.
    pub status: PaymentStatus,
    /// The amount in minor units.
    pub amount: i64,
    /// Its currency.
    pub currency: Currency,
    /// Why it failed, if it did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

impl PaymentSummary {
    pub(super) fn of(id: PaymentId, work: &UnitOfWork<'_>) -> Result<Self, Refusal> {
        let payment = work.state::<Payment>(id)?;
        let (request, status) = payment.requested().zip(payment.status()).ok_or(Refusal::NotFound)?;
        Ok(Self {
            payment_id: id,
            order_id: request.order,
            method: request.method,
            status,
            amount: request.amount,
            currency: request.currency,
            reason: payment.reason().map(str::to_owned),
        })
    }
}

/// An account, as its owner is told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountSummary {
    /// The account.
    pub account_id: AccountId,
    /// Its currency.
    pub currency: Currency,
    /// What there is, in minor units.
    pub balance: i64,
}

impl AccountSummary {
    pub(super) fn of(id: AccountId, work: &UnitOfWork<'_>) -> Result<Self, Refusal> {
        match *work.state::<Account>(id)? {
            Account::Open { currency, balance, .. } => Ok(Self { account_id: id, currency, balance }),
            Account::NotOpened => Err(Refusal::NotFound),
        }
    }
}

/// A ticket, as whoever lets its holder in is told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TicketSummary {
    /// Its code.
    pub code: TicketCode,
    /// Where it stands.
    pub status: TicketStatus,
    /// The show.
    pub show_id: ShowId,
    /// The order it was sold with.
    pub order_id: OrderId,
    /// The section's code.
    pub section: Code,
    /// The seat, where the section has numbered ones.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seat: Option<SeatName>,
}

impl TicketSummary {
    pub(super) fn of(code: TicketCode, work: &UnitOfWork<'_>) -> Result<Self, Refusal> {
        let state = work.state::<Ticket>(code)?;
        let (ticket, status) = state.issued().zip(state.status()).ok_or(Refusal::NotFound)?;
        Ok(Self {
            code,
            status,
            show_id: ticket.show,
            order_id: ticket.order,
            section: ticket.section,
            seat: ticket.seat,
        })
    }
}
