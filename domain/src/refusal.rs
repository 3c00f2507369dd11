//! Why an operation is refused. Knows nothing of HTTP: whoever speaks it translates.

use chrono::{DateTime, Utc};

use crate::{
    OrderStatus, PaymentStatus, SeatRef, ShowStatus, StreamId, account::AccountRefusal,
    inventory::InventoryRefusal, order::OrderRefusal, payment::PaymentRefusal, show::ShowRefusal,
    ticket::TicketRefusal,
};

/// Why the answer is no. A refused operation leaves no trace.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// There is no such thing, or it is none of the caller's business; the two look alike.
    #[error("not found")]
    NotFound,
    /// The request breaks rules of shape that only the show's layout can tell.
    #[error("the request is not valid")]
    Invalid {
        /// JSON pointers into the request, such as `/items/0/section`, each with what is wrong there.
        errors: Vec<(String, String)>,
    },
    /// A section has fewer seats left than were wanted of it.
    #[error("only {available} seats are available")]
    NotEnoughAvailable {
        /// Seats the section has left.
        available: u32,
    },
    /// Seats that were named are held or sold.
    #[error("{} of the seats are taken", seats.len())]
    SeatsTaken {
        /// All of them, in the order in which they were named.
        seats: Vec<SeatRef>,
    },
    /// Enough seats are left, but not side by side.
    #[error("no more than {largest_block} seats are left side by side")]
    NoAdjacentSeats {
        /// The most seats that are left side by side.
        largest_block: u32,
    },
    /// The show is closed, cancelled, or outside its sales period.
    #[error("the show is not on sale")]
    ShowNotOnSale,
    /// The order is settled.
    #[error("the order is {current_status}")]
    OrderNotPending {
        /// How it was settled.
        current_status: OrderStatus,
    },
    /// The payment is settled.
    #[error("the payment is {current_status}")]
    PaymentNotPending {
        /// How it was settled.
        current_status: PaymentStatus,
    },
    /// The order can't be paid back: it is not confirmed, or its refund is under way.
    #[error("the order is {current_status} and can't be refunded now")]
    OrderNotRefundable {
        /// Where it stands.
        current_status: OrderStatus,
        /// Whether the refund is under way.
        refund_requested: bool,
    },
    /// The customer has an account in that currency.
    #[error("there is an account already")]
    AccountExists,
    /// Somebody went in with the ticket.
    #[error("the ticket has been used")]
    AlreadyCheckedIn,
    /// The ticket is no longer good.
    #[error("the ticket is void")]
    TicketVoid,
    /// Nobody here can take that kind of payment.
    #[error("the payment method is not available")]
    PaymentMethodUnavailable,
    /// The customer would have more seats at the show than it allows.
    #[error("no more than {limit} seats a customer")]
    CustomerLimit {
        /// Seats a customer may hold and have bought.
        limit: u32,
    },
    /// The caller changes a version that is no longer the current one.
    #[error("the current version is {current}")]
    VersionMismatch {
        /// The version it is now.
        current: u64,
    },
    /// The show can't go there from where it is.
    #[error("the show is {current_status}")]
    ShowTransition {
        /// Where it is.
        current_status: ShowStatus,
    },
    /// The field may not change once the show has been published.
    #[error("{pointer} may not change once the show has been published")]
    ShowFieldFixed {
        /// The first such field, as a JSON pointer.
        pointer: String,
    },
    /// The hold has not ended yet.
    #[error("the seats are held until {until}")]
    HoldNotEnded {
        /// When it ends.
        until: DateTime<Utc>,
    },
    /// An event would exceed what the log takes.
    #[error("the request is too large to be recorded")]
    EventTooLarge,
    /// An operation looked at a stream that it had not named: a fault of the program.
    #[error("{0} was not loaded")]
    StreamNotLoaded(StreamId),
}

impl Refusal {
    /// One broken rule of shape.
    pub(crate) fn invalid(pointer: impl Into<String>, detail: impl Into<String>) -> Self {
        Self::Invalid { errors: vec![(pointer.into(), detail.into())] }
    }
}

impl From<ShowRefusal> for Refusal {
    fn from(refusal: ShowRefusal) -> Self {
        match refusal {
            ShowRefusal::NotScheduled => Self::NotFound,
            ShowRefusal::Invalid(problems) => Self::Invalid {
                errors: problems.into_iter().map(|problem| (problem.path, problem.message)).collect(),
            },
            ShowRefusal::Transition { current_status } => Self::ShowTransition { current_status },
            ShowRefusal::Fixed { pointer } => Self::ShowFieldFixed { pointer },
        }
    }
}

impl From<InventoryRefusal> for Refusal {
    fn from(refusal: InventoryRefusal) -> Self {
        match refusal {
            InventoryRefusal::NotEnoughAvailable { available } => Self::NotEnoughAvailable { available },
            InventoryRefusal::SeatsTaken { seats } => Self::SeatsTaken { seats },
            InventoryRefusal::NoAdjacentSeats { largest_block } => Self::NoAdjacentSeats { largest_block },
            InventoryRefusal::CustomerLimit { limit } => Self::CustomerLimit { limit },
            // Seats and order change together, so seats that are not held belong to an order that was settled.
            InventoryRefusal::NotHeld => Self::OrderNotPending { current_status: OrderStatus::Expired },
        }
    }
}

impl From<OrderRefusal> for Refusal {
    fn from(refusal: OrderRefusal) -> Self {
        match refusal {
            OrderRefusal::NotPlaced => Self::NotFound,
            OrderRefusal::NotPending { current_status } => Self::OrderNotPending { current_status },
            OrderRefusal::HoldEnded(_) => Self::OrderNotPending { current_status: OrderStatus::Expired },
            OrderRefusal::HoldNotEnded(until) => Self::HoldNotEnded { until },
        }
    }
}

impl From<PaymentRefusal> for Refusal {
    fn from(refusal: PaymentRefusal) -> Self {
        match refusal {
            PaymentRefusal::NotRequested => Self::NotFound,
            PaymentRefusal::NotPending { current_status } => Self::PaymentNotPending { current_status },
            PaymentRefusal::StillPending => {
                Self::PaymentNotPending { current_status: PaymentStatus::Pending }
            }
        }
    }
}

impl From<AccountRefusal> for Refusal {
    fn from(refusal: AccountRefusal) -> Self {
        match refusal {
            AccountRefusal::NotOpened => Self::NotFound,
            AccountRefusal::Exists => Self::AccountExists,
            AccountRefusal::NotPositive => Self::invalid("/amount", "must be at least 1"),
            AccountRefusal::TooMuch => {
                Self::invalid("/amount", "the balance would be more than an amount can hold")
            }
            // Who pays from an account asks it before.
            AccountRefusal::InsufficientFunds { balance } => {
                Self::invalid("/amount", format!("the account has {balance}"))
            }
        }
    }
}

impl From<TicketRefusal> for Refusal {
    fn from(refusal: TicketRefusal) -> Self {
        match refusal {
            TicketRefusal::NotIssued => Self::NotFound,
            TicketRefusal::AlreadyCheckedIn => Self::AlreadyCheckedIn,
            TicketRefusal::Void => Self::TicketVoid,
        }
    }
}
