//! Any event of the domain, for those who read the whole log.

use crate::{
    AccountId, Category, DecodeError, EncodedEvent, OrderId, PaymentId, ShowId, StoredEvent, StreamId,
    TicketCode, account::AccountEvent, event::encode, inventory::InventoryEvent, order::OrderEvent,
    payment::PaymentEvent, show::ShowEvent, ticket::TicketEvent,
};

/// An event together with what it happened to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DomainEvent {
    /// To a show.
    Show(ShowId, ShowEvent),
    /// To a show's inventory.
    Inventory(ShowId, InventoryEvent),
    /// To an order.
    Order(OrderId, OrderEvent),
    /// To a payment.
    Payment(PaymentId, PaymentEvent),
    /// To a ticket.
    Ticket(TicketCode, TicketEvent),
    /// To an account.
    Account(AccountId, AccountEvent),
}

impl DomainEvent {
    /// Reads a stored event.
    ///
    /// # Errors
    /// This program does not know the type, or not its shape.
    pub fn decode(stream: StreamId, event: StoredEvent<'_>) -> Result<Self, DecodeError> {
        let uuid = stream.uuid();
        Ok(match stream.category() {
            Category::Show => Self::Show(uuid.into(), event.decode()?),
            Category::Inventory => Self::Inventory(uuid.into(), event.decode()?),
            Category::Order => Self::Order(uuid.into(), event.decode()?),
            Category::Payment => Self::Payment(uuid.into(), event.decode()?),
            Category::Ticket => Self::Ticket(TicketCode::from_bits(uuid.as_u128()), event.decode()?),
            Category::Account => Self::Account(uuid.into(), event.decode()?),
        })
    }

    /// The event in the form in which it is stored.
    ///
    /// # Errors
    /// Only for payloads that JSON can't hold, which no event has.
    pub fn encode(&self) -> Result<EncodedEvent, serde_json::Error> {
        match self {
            Self::Show(_, event) => encode(event),
            Self::Inventory(_, event) => encode(event),
            Self::Order(_, event) => encode(event),
            Self::Payment(_, event) => encode(event),
            Self::Ticket(_, event) => encode(event),
            Self::Account(_, event) => encode(event),
        }
    }

    /// The stream it belongs to.
    #[must_use]
    pub const fn stream(&self) -> StreamId {
        match self {
            Self::Show(id, _) => StreamId::show(*id),
            Self::Inventory(id, _) => StreamId::inventory(*id),
            Self::Order(id, _) => StreamId::order(*id),
            Self::Payment(id, _) => StreamId::payment(*id),
            Self::Ticket(code, _) => StreamId::ticket(*code),
            Self::Account(id, _) => StreamId::account(*id),
        }
    }
}
