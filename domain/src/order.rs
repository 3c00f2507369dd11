//! An order: seats held for one customer until they are paid for or the hold ends.
//!
//! ```text
//! NotPlaced ── place ──▶ Pending ── confirm ──▶ Confirmed ── refund ──▶ Refunded
//!                          ├────── expire ────▶ Expired ── late success ──▶ Confirmed
//!                          ├────── decline ───▶ Failed
//!                          └────── cancel ────▶ Cancelled
//! ```

use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::{
    Code, Currency, Decider, PaymentId, PaymentMethod, SeatName, ShowId, TicketCode, UserId, words::words,
};

words! {
    /// Where an order stands.
    OrderStatus {
        /// Seats are held, payment is awaited.
        Pending = "pending",
        /// Paid; the seats are sold.
        Confirmed = "confirmed",
        /// The payment was declined or rejected.
        Failed = "failed",
        /// Given up before it was paid for.
        Cancelled = "cancelled",
        /// Nobody paid before the hold ended.
        Expired = "expired",
        /// Paid back.
        Refunded = "refunded",
    }
}

/// One seat of an order and what it costs before tax.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderLine {
    /// The section's code.
    pub section: Code,
    /// The seat, where the section has numbered ones.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seat: Option<SeatName>,
    /// Its price in minor units.
    pub price: i64,
}

/// Everything about an order that is settled when it is placed. Title, prices and tax are those of that moment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlacedOrder {
    /// Who ordered.
    pub customer: UserId,
    /// What for.
    pub show: ShowId,
    /// Who puts the show on.
    pub organizer: UserId,
    /// The payment that is awaited.
    pub payment: PaymentId,
    /// The show's title.
    pub title: String,
    /// The seats.
    pub lines: Vec<OrderLine>,
    /// The sum of the lines, in minor units.
    pub subtotal: i64,
    /// The tax rate, in basis points.
    pub tax_basis_points: u16,
    /// The tax on the subtotal, in minor units.
    pub tax: i64,
    /// What is to be paid, in minor units.
    pub total: i64,
    /// The currency of all amounts.
    pub currency: Currency,
    /// How it is to be paid.
    pub method: PaymentMethod,
    /// When the hold on the seats ends.
    pub held_until: DateTime<Utc>,
    /// When it was placed.
    pub created_at: DateTime<Utc>,
}

/// The state of an order.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Order {
    /// Nothing happened yet.
    #[default]
    NotPlaced,
    /// Seats are held, payment is awaited.
    Pending(Arc<PlacedOrder>),
    /// Paid; the seats are sold.
    Confirmed {
        /// The order as placed.
        placed: Arc<PlacedOrder>,
        /// One ticket for each line, in the order of the lines.
        tickets: Arc<[TicketCode]>,
    },
    /// The payment was declined or rejected.
    Failed {
        /// The order as placed.
        placed: Arc<PlacedOrder>,
        /// Why.
        reason: Arc<str>,
    },
    /// Given up before it was paid for.
    Cancelled(Arc<PlacedOrder>),
    /// Nobody paid before the hold ended.
    Expired(Arc<PlacedOrder>),
    /// Paid back.
    Refunded(Arc<PlacedOrder>),
}

/// What can be asked of an order.
#[derive(Debug, Clone)]
pub enum OrderCommand {
    /// Record the order.
    Place(PlacedOrder),
    /// It is paid for.
    Confirm {
        /// By this payment.
        payment: PaymentId,
        /// One ticket for each line.
        tickets: Vec<TicketCode>,
        /// When.
        at: DateTime<Utc>,
    },
    /// It was paid for after its hold had ended, and its seats could be had again.
    ConfirmLate {
        /// By this payment.
        payment: PaymentId,
        /// One ticket for each line.
        tickets: Vec<TicketCode>,
    },
    /// The payment failed.
    Fail {
        /// Why.
        reason: String,
    },
    /// Give it up.
    Cancel,
    /// The hold ended.
    Expire {
        /// The time now.
        at: DateTime<Utc>,
    },
    /// It was paid back.
    Refund,
}

/// What can have happened to an order. Stored for ever: a variant or an optional field may be added, never renamed
/// or removed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum OrderEvent {
    /// Seats are held for it.
    OrderPlaced(PlacedOrder),
    /// It was paid for.
    OrderConfirmed {
        /// By this payment.
        payment: PaymentId,
        /// One ticket for each line, in the order of the lines.
        tickets: Vec<TicketCode>,
    },
    /// The payment was declined or rejected.
    OrderFailed {
        /// Why.
        reason: String,
    },
    /// It was given up.
    OrderCancelled {},
    /// Nobody paid in time.
    OrderExpired {},
    /// It was paid back.
    OrderRefunded {},
}

/// Why an order says no.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OrderRefusal {
    /// There is no such order.
    NotPlaced,
    /// It is settled.
    NotPending {
        /// How.
        current_status: OrderStatus,
    },
    /// Its seats are no longer held for it.
    HoldEnded(DateTime<Utc>),
    /// Its seats are still held for it.
    HoldNotEnded(DateTime<Utc>),
}

impl Decider for Order {
    type Command<'a> = OrderCommand;
    type Event = OrderEvent;
    type Refusal = OrderRefusal;

    fn decide(&self, command: OrderCommand) -> Result<Vec<OrderEvent>, OrderRefusal> {
        match command {
            OrderCommand::Place(order) => Ok(self.place(order)),
            OrderCommand::Confirm { payment, tickets, at } => self.confirm(payment, tickets, at),
            OrderCommand::ConfirmLate { payment, tickets } => self.confirm_late(payment, tickets),
            OrderCommand::Fail { reason } => self.fail(reason),
            OrderCommand::Cancel => self.cancel(),
            OrderCommand::Expire { at } => self.expire(at),
            OrderCommand::Refund => self.refund(),
        }
    }

    fn evolve(&mut self, event: &OrderEvent) {
        if let OrderEvent::OrderPlaced(placed) = event {
            *self = Self::Pending(Arc::new(placed.clone()));
            return;
        }
        let Some(placed) = self.placed().cloned() else { return };
        *self = match event {
            OrderEvent::OrderPlaced(_) => Self::Pending(placed),
            OrderEvent::OrderConfirmed { tickets, .. } => {
                Self::Confirmed { placed, tickets: tickets.as_slice().into() }
            }
            OrderEvent::OrderFailed { reason } => Self::Failed { placed, reason: reason.as_str().into() },
            OrderEvent::OrderCancelled {} => Self::Cancelled(placed),
            OrderEvent::OrderExpired {} => Self::Expired(placed),
            OrderEvent::OrderRefunded {} => Self::Refunded(placed),
        };
    }
}

impl Order {
    /// See [`crate::State::snapshot_schema`].
    pub const SNAPSHOT_SCHEMA: i16 = 1;

    fn place(&self, order: PlacedOrder) -> Vec<OrderEvent> {
        match self {
            Self::NotPlaced => vec![OrderEvent::OrderPlaced(order)],
            Self::Pending(_)
            | Self::Confirmed { .. }
            | Self::Failed { .. }
            | Self::Cancelled(_)
            | Self::Expired(_)
            | Self::Refunded(_) => vec![],
        }
    }

    fn confirm(
        &self,
        payment: PaymentId,
        tickets: Vec<TicketCode>,
        at: DateTime<Utc>,
    ) -> Result<Vec<OrderEvent>, OrderRefusal> {
        match self {
            Self::Pending(placed) if placed.held_until <= at => {
                Err(OrderRefusal::HoldEnded(placed.held_until))
            }
            Self::Pending(_) => Ok(vec![OrderEvent::OrderConfirmed { payment, tickets }]),
            // Payment callbacks arrive more than once.
            Self::Confirmed { placed, .. } if placed.payment == payment => Ok(vec![]),
            Self::NotPlaced
            | Self::Confirmed { .. }
            | Self::Failed { .. }
            | Self::Cancelled(_)
            | Self::Expired(_)
            | Self::Refunded(_) => Err(self.not_pending()),
        }
    }

    fn fail(&self, reason: String) -> Result<Vec<OrderEvent>, OrderRefusal> {
        match self {
            Self::Pending(_) => Ok(vec![OrderEvent::OrderFailed { reason }]),
            Self::Failed { .. } => Ok(vec![]),
            Self::NotPlaced
            | Self::Confirmed { .. }
            | Self::Cancelled(_)
            | Self::Expired(_)
            | Self::Refunded(_) => Err(self.not_pending()),
        }
    }

    fn cancel(&self) -> Result<Vec<OrderEvent>, OrderRefusal> {
        match self {
            Self::Pending(_) => Ok(vec![OrderEvent::OrderCancelled {}]),
            Self::Cancelled(_) => Ok(vec![]),
            Self::NotPlaced
            | Self::Confirmed { .. }
            | Self::Failed { .. }
            | Self::Expired(_)
            | Self::Refunded(_) => Err(self.not_pending()),
        }
    }

    fn expire(&self, at: DateTime<Utc>) -> Result<Vec<OrderEvent>, OrderRefusal> {
        match self {
            Self::Pending(placed) if at < placed.held_until => {
                Err(OrderRefusal::HoldNotEnded(placed.held_until))
            }
            Self::Pending(_) => Ok(vec![OrderEvent::OrderExpired {}]),
            Self::Expired(_) => Ok(vec![]),
            Self::NotPlaced
            | Self::Confirmed { .. }
            | Self::Failed { .. }
            | Self::Cancelled(_)
            | Self::Refunded(_) => Err(self.not_pending()),
        }
    }

    fn confirm_late(
        &self,
        payment: PaymentId,
        tickets: Vec<TicketCode>,
    ) -> Result<Vec<OrderEvent>, OrderRefusal> {
        match self {
            Self::Expired(_) => Ok(vec![OrderEvent::OrderConfirmed { payment, tickets }]),
            Self::Confirmed { placed, .. } if placed.payment == payment => Ok(vec![]),
            Self::NotPlaced
            | Self::Pending(_)
            | Self::Confirmed { .. }
            | Self::Failed { .. }
            | Self::Cancelled(_)
            | Self::Refunded(_) => Err(self.not_pending()),
        }
    }

    fn refund(&self) -> Result<Vec<OrderEvent>, OrderRefusal> {
        match self {
            Self::Confirmed { .. } => Ok(vec![OrderEvent::OrderRefunded {}]),
            Self::Refunded(_) => Ok(vec![]),
            Self::NotPlaced
            | Self::Pending(_)
            | Self::Failed { .. }
            | Self::Cancelled(_)
            | Self::Expired(_) => Err(self.not_pending()),
        }
    }

    /// The order as it was placed, if it was.
    #[must_use]
    pub fn placed(&self) -> Option<&Arc<PlacedOrder>> {
        match self {
            Self::NotPlaced => None,
            Self::Pending(placed)
            | Self::Confirmed { placed, .. }
            | Self::Failed { placed, .. }
            | Self::Cancelled(placed)
            | Self::Expired(placed)
            | Self::Refunded(placed) => Some(placed),
        }
    }

    /// Its tickets, while it is confirmed.
    #[must_use]
    pub fn tickets(&self) -> &[TicketCode] {
        match self {
            Self::Confirmed { tickets, .. } => tickets,
            Self::NotPlaced
            | Self::Pending(_)
            | Self::Failed { .. }
            | Self::Cancelled(_)
            | Self::Expired(_)
            | Self::Refunded(_) => &[],
        }
    }

    /// Where it stands, if it was placed.
    #[must_use]
    pub fn status(&self) -> Option<OrderStatus> {
        match self {
            Self::NotPlaced => None,
            Self::Pending(_) => Some(OrderStatus::Pending),
            Self::Confirmed { .. } => Some(OrderStatus::Confirmed),
            Self::Failed { .. } => Some(OrderStatus::Failed),
            Self::Cancelled(_) => Some(OrderStatus::Cancelled),
            Self::Expired(_) => Some(OrderStatus::Expired),
            Self::Refunded(_) => Some(OrderStatus::Refunded),
        }
    }

    /// Why it failed, if it did.
    #[must_use]
    pub fn reason(&self) -> Option<&str> {
        if let Self::Failed { reason, .. } = self { Some(reason) } else { None }
    }

    /// See [`crate::Aggregate::weight`].
    #[must_use]
    pub fn approximate_bytes(&self) -> usize {
        let own = size_of::<Self>() + size_of::<PlacedOrder>();
        own + self
            .placed()
            .map_or(0, |placed| placed.title.len() + placed.lines.len() * size_of::<OrderLine>())
    }

    fn not_pending(&self) -> OrderRefusal {
        match self.status() {
            Some(current_status) => OrderRefusal::NotPending { current_status },
            None => OrderRefusal::NotPlaced,
        }
    }
}
