//! What is shown of a read model: the same as live queries show.

use domain::{SeatName, SeatState};
use event_store::Position;
use serde::Serialize;
use uuid::Uuid;

use crate::{
    accounts::AccountView,
    inventory::{InventoryRow, InventoryView, Taken},
    ledger::Balance,
    orders::{OrderView, TicketView},
    payments::PaymentView,
    shows::ShowView,
};

/// An entity at a moment of the past.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Then {
    /// It was so.
    Was(Shown),
    /// It can't be told.
    Halted(Halted),
}

/// An entity with an event that can't be applied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Halted {
    /// The entity, a stream id.
    pub entity: String,
    /// The event.
    pub position: Position,
    /// Why not.
    pub reason: String,
}

/// An entity of a read model.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Shown {
    /// Of `shows`.
    Show(Box<ShowView>),
    /// Of `inventory`.
    Inventory(Box<InventoryThen>),
    /// Of `orders`.
    Order(Box<OrderView>),
    /// Of `orders`, by itself.
    Ticket(TicketView),
    /// Of `payments`. A refund under way is `requested`: how often it was tried is not in the log.
    Payment(PaymentView),
    /// Of `accounts`.
    Account(AccountView),
    /// Of `ledger`.
    Balance(Balance),
}

/// An inventory, and which of its numbered seats were taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct InventoryThen {
    /// How many seats were left.
    #[serde(flatten)]
    pub inventory: InventoryView,
    /// The numbered seats that were not available.
    pub taken: Vec<TakenSeat>,
}

/// A numbered seat that was not available.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TakenSeat {
    /// The section's code.
    pub section: String,
    /// The seat within its section.
    pub seat: SeatName,
    /// Held or sold.
    pub status: SeatState,
    /// Who had it.
    pub order_id: Uuid,
}

impl InventoryThen {
    pub(super) fn new(show: Uuid, row: InventoryRow) -> Self {
        let InventoryRow { sections, seats } = row;
        let taken = seats.into_iter().filter_map(|((section, seat), taken)| {
            let Taken { state, order } = taken?;
            Some(TakenSeat { section: section.into(), seat, status: state, order_id: order.uuid() })
        });
        Self { taken: taken.collect(), inventory: InventoryView::new(show, sections) }
    }
}
