//! The rules of the box office.
//!
//! Nothing here waits, reads a clock or draws a random number: time, ids and random bits arrive from the caller,
//! so the same history and the same command always give the same answer.

#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic))]

pub mod account;
mod code;
mod decider;
mod domain_event;
mod event;
mod ids;
pub mod inventory;
pub mod money;
mod operation;
pub mod operations;
pub mod order;
pub mod payment;
mod refusal;
pub mod show;
mod state;
mod stream;
pub mod ticket;
mod unit_of_work;
mod upcast;
mod words;

pub use account::{Account, AccountEvent};
pub use code::{Code, MAX_CODE_LENGTH, ParseCodeError, SeatName, SeatRef};
pub use decider::Decider;
pub use domain_event::DomainEvent;
pub use event::{DecodeError, EncodedEvent, Event, StoredEvent};
pub use ids::{AccountId, OrderId, ParseIdError, PaymentId, ShowId, TicketCode, UserId};
pub use inventory::{Inventory, InventoryEvent, ReleaseReason, SeatState};
pub use money::{Currency, Money};
pub use operation::{Operation, States};
pub use order::{Order, OrderEvent, OrderLine, OrderStatus, PlacedOrder};
pub use payment::{Payment, PaymentEvent, PaymentMethod, PaymentRequest, PaymentStatus};
pub use refusal::Refusal;
pub use show::{
    DraftProblem, OrderItem, RowDraft, Seating, SectionDraft, Show, ShowDraft, ShowEvent, ShowStatus, Wanted,
};
pub use state::{Aggregate, State, Versioned};
pub use stream::{Category, ParseStreamIdError, StreamId};
pub use ticket::{IssuedTicket, Ticket, TicketEvent, TicketStatus};
pub use unit_of_work::{Decided, MAX_EVENT_BYTES, NewEvent, UnitOfWork};
pub use words::UnknownWord;
