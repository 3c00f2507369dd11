//! Streams: the part of the log that belongs to one aggregate.

use std::{fmt, str::FromStr};

use uuid::Uuid;

use crate::{AccountId, OrderId, PaymentId, ShowId, TicketCode};

/// The kinds of stream there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Category {
    /// A show: what is played, where, when, and its seats and prices.
    Show,
    /// Who holds or has bought which of a show's seats.
    Inventory,
    /// An order.
    Order,
    /// A payment.
    Payment,
    /// A ticket.
    Ticket,
    /// A customer's account.
    Account,
}

impl Category {
    /// Every category.
    pub const ALL: [Self; 6] =
        [Self::Show, Self::Inventory, Self::Order, Self::Payment, Self::Ticket, Self::Account];

    /// The name that stream ids and subjects carry.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Show => "show",
            Self::Inventory => "inventory",
            Self::Order => "order",
            Self::Payment => "payment",
            Self::Ticket => "ticket",
            Self::Account => "account",
        }
    }
}

/// Names one stream: `order-0199…`, `inventory-0199…`, `ticket-3V5…`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct StreamId {
    category: Category,
    id: u128,
}

impl StreamId {
    /// The category the stream belongs to.
    #[must_use]
    pub const fn category(self) -> Category {
        self.category
    }

    /// The id of what the stream is about, whatever its category; a ticket's code is as long as a UUID.
    #[must_use]
    pub const fn uuid(self) -> Uuid {
        Uuid::from_u128(self.id)
    }

    /// A show's own stream.
    #[must_use]
    pub const fn show(id: ShowId) -> Self {
        Self { category: Category::Show, id: id.uuid().as_u128() }
    }

    /// The stream of a show's inventory.
    #[must_use]
    pub const fn inventory(id: ShowId) -> Self {
        Self { category: Category::Inventory, id: id.uuid().as_u128() }
    }

    /// An order's stream.
    #[must_use]
    pub const fn order(id: OrderId) -> Self {
        Self { category: Category::Order, id: id.uuid().as_u128() }
    }

    /// A payment's stream.
    #[must_use]
    pub const fn payment(id: PaymentId) -> Self {
        Self { category: Category::Payment, id: id.uuid().as_u128() }
    }

    /// An account's stream.
    #[must_use]
    pub const fn account(id: AccountId) -> Self {
        Self { category: Category::Account, id: id.uuid().as_u128() }
    }

    /// A ticket's stream.
    #[must_use]
    pub const fn ticket(code: TicketCode) -> Self {
        Self { category: Category::Ticket, id: code.bits() }
    }
}

impl fmt::Display for StreamId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = self.category.name();
        match self.category {
            Category::Show
            | Category::Inventory
            | Category::Order
            | Category::Payment
            | Category::Account => {
                write!(f, "{name}-{}", Uuid::from_u128(self.id))
            }
            Category::Ticket => write!(f, "{name}-{}", TicketCode::from_bits(self.id)),
        }
    }
}

/// A text that names no stream.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no stream: expected a category and an id, such as order-0199f3c1-…")]
pub struct ParseStreamIdError(String);

impl FromStr for StreamId {
    type Err = ParseStreamIdError;

    fn from_str(text: &str) -> Result<Self, ParseStreamIdError> {
        let wrong = || ParseStreamIdError(text.to_owned());
        let (name, id) = text.split_once('-').ok_or_else(wrong)?;
        let category = Category::ALL.into_iter().find(|c| c.name() == name).ok_or_else(wrong)?;
        let id = match category {
            Category::Show
            | Category::Inventory
            | Category::Order
            | Category::Payment
            | Category::Account => id.parse::<OrderId>().map_err(|_| wrong())?.uuid().as_u128(),
            Category::Ticket => id.parse::<TicketCode>().map_err(|_| wrong())?.bits(),
        };
        Ok(Self { category, id })
    }
}
