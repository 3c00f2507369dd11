//! An inventory: who holds or has bought which of a show's seats.
//!
//! ```text
//! Available ── reserve ──▶ Held ── commit ──▶ Sold
//!     ▲                      │                 │
//!     └─────── release ──────┴───── release ───┘
//! ```
//!
//! The plan of the seats is the show's and is not repeated here: who reserves brings it along. One inventory sees
//! every order of its show, so it is made for many decisions a second: clones share everything, a change copies only
//! the path to what changed, and rows without room are passed over by the block of 64.

mod choose;
mod fold;
mod holding;
mod ranking;
mod seat_map;
mod section;

use std::{collections::BinaryHeap, sync::Arc};

use chrono::{DateTime, Utc};
use imbl::{HashMap, OrdMap};
use serde::{Deserialize, Serialize};

pub use holding::{Holding, SeatState};
pub use section::SectionCounts;

use section::Section;

use crate::{Code, Decider, OrderId, SeatRef, UserId, show::Pick, words::words};

words! {
    /// Why seats were given back.
    ReleaseReason {
        /// The order was cancelled.
        Cancelled = "cancelled",
        /// Nobody paid before the hold ended.
        Expired = "expired",
        /// The payment was declined or rejected.
        PaymentFailed = "payment_failed",
        /// The order was refunded.
        Refunded = "refunded",
    }
}

/// The state of an inventory. Stored as its holdings: all the rest follows from them.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(from = "Vec<Holding>", into = "Vec<Holding>")]
pub struct Inventory {
    sections: OrdMap<Code, Arc<Section>>,
    holdings: HashMap<OrderId, Arc<Holding>>,
    customers: HashMap<UserId, u32>,
    /// Seats in all holdings.
    seats: usize,
}

/// What can be asked of an inventory.
#[derive(Debug, Clone, Copy)]
pub enum InventoryCommand<'a> {
    /// Hold seats for an order: all of them or none.
    Reserve {
        /// The order.
        order: OrderId,
        /// Whose order it is.
        customer: UserId,
        /// What is wanted, matched against the show's layout.
        picks: &'a [Pick],
        /// The most seats the customer may hold and have bought.
        limit: Option<u32>,
        /// When the hold ends.
        until: DateTime<Utc>,
    },
    /// The order's seats are paid for.
    Commit {
        /// The order.
        order: OrderId,
    },
    /// Nobody needs the order's seats any more.
    Release {
        /// The order.
        order: OrderId,
        /// Why.
        reason: ReleaseReason,
    },
}

/// What can have happened to an inventory. Stored for ever: a variant or an optional field may be added, never
/// renamed or removed. Each event names the seats, so that nobody has to look back for them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum InventoryEvent {
    /// Seats are held for an order.
    SeatsReserved {
        /// The order.
        order: OrderId,
        /// Whose order it is.
        customer: UserId,
        /// The seats, as the order's lines have them.
        seats: Vec<SeatRef>,
        /// When the hold ends.
        until: DateTime<Utc>,
    },
    /// Held seats were sold.
    SeatsCommitted {
        /// The order.
        order: OrderId,
        /// Whose order it is.
        customer: UserId,
        /// The seats.
        seats: Vec<SeatRef>,
    },
    /// Seats are to be had again.
    SeatsReleased {
        /// The order that had them.
        order: OrderId,
        /// Whose order it is.
        customer: UserId,
        /// The seats.
        seats: Vec<SeatRef>,
        /// What they were until now.
        were: SeatState,
        /// Why.
        reason: ReleaseReason,
    },
}

impl InventoryEvent {
    /// The order that has, or had, the seats.
    #[must_use]
    pub const fn order(&self) -> OrderId {
        match self {
            Self::SeatsReserved { order, .. }
            | Self::SeatsCommitted { order, .. }
            | Self::SeatsReleased { order, .. } => *order,
        }
    }

    /// The seats it happened to.
    #[must_use]
    pub fn seats(&self) -> &[SeatRef] {
        match self {
            Self::SeatsReserved { seats, .. }
            | Self::SeatsCommitted { seats, .. }
            | Self::SeatsReleased { seats, .. } => seats,
        }
    }
}

/// Why an inventory says no.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum InventoryRefusal {
    /// A section has fewer seats left than are wanted of it.
    NotEnoughAvailable {
        /// Seats it has left.
        available: u32,
    },
    /// Seats that were named are held or sold.
    SeatsTaken {
        /// All of them.
        seats: Vec<SeatRef>,
    },
    /// Enough seats are left, but not side by side.
    NoAdjacentSeats {
        /// The most that are.
        largest_block: u32,
    },
    /// The customer would have more seats than allowed.
    CustomerLimit {
        /// How many are.
        limit: u32,
    },
    /// No seats are held for the order.
    NotHeld,
}

impl Decider for Inventory {
    type Command<'a> = InventoryCommand<'a>;
    type Event = InventoryEvent;
    type Refusal = InventoryRefusal;

    fn prepare(&mut self, command: &InventoryCommand<'_>) {
        match command {
            InventoryCommand::Reserve { picks, .. } => self.rank_rows(picks),
            InventoryCommand::Commit { .. } | InventoryCommand::Release { .. } => {}
        }
    }

    fn decide(&self, command: InventoryCommand<'_>) -> Result<Vec<InventoryEvent>, InventoryRefusal> {
        match command {
            InventoryCommand::Reserve { order, customer, picks, limit, until } => {
                self.reserve(order, customer, picks, limit, until)
            }
            InventoryCommand::Commit { order } => self.commit(order),
            InventoryCommand::Release { order, reason } => Ok(self.release(order, reason)),
        }
    }

    fn evolve(&mut self, event: &InventoryEvent) {
        match event {
            InventoryEvent::SeatsReserved { order, customer, seats, .. } => {
                self.hold(*order, *customer, seats, SeatState::Held);
            }
            InventoryEvent::SeatsCommitted { order, .. } => self.sell(*order),
            InventoryEvent::SeatsReleased { order, .. } => self.give_back(*order),
        }
    }
}

impl Inventory {
    /// See [`crate::State::snapshot_schema`].
    pub const SNAPSHOT_SCHEMA: i16 = 1;

    fn reserve(
        &self,
        order: OrderId,
        customer: UserId,
        picks: &[Pick],
        limit: Option<u32>,
        until: DateTime<Utc>,
    ) -> Result<Vec<InventoryEvent>, InventoryRefusal> {
        if self.holdings.contains_key(&order) {
            return Ok(vec![]);
        }
        let wanted: u32 = picks.iter().map(Pick::quantity).sum();
        if let Some(limit) = limit.filter(|&limit| self.seats_of(customer).saturating_add(wanted) > limit) {
            return Err(InventoryRefusal::CustomerLimit { limit });
        }
        let seats = choose::choose(self, picks)?;
        Ok(vec![InventoryEvent::SeatsReserved { order, customer, seats, until }])
    }

    fn commit(&self, order: OrderId) -> Result<Vec<InventoryEvent>, InventoryRefusal> {
        let holding = self.holdings.get(&order).ok_or(InventoryRefusal::NotHeld)?;
        Ok(match holding.state {
            SeatState::Held => vec![InventoryEvent::SeatsCommitted {
                order,
                customer: holding.customer,
                seats: holding.seats.to_vec(),
            }],
            SeatState::Sold => vec![],
        })
    }

    /// Seats that nobody has are released already.
    fn release(&self, order: OrderId, reason: ReleaseReason) -> Vec<InventoryEvent> {
        let released = self.holdings.get(&order).map(|holding| InventoryEvent::SeatsReleased {
            order,
            customer: holding.customer,
            seats: holding.seats.to_vec(),
            were: holding.state,
            reason,
        });
        released.into_iter().collect()
    }

    /// What an order holds or has bought.
    #[must_use]
    pub fn holding(&self, order: OrderId) -> Option<&Holding> {
        self.holdings.get(&order).map(Arc::as_ref)
    }

    /// How many orders hold or have bought seats.
    #[must_use]
    pub fn orders(&self) -> usize {
        self.holdings.len()
    }

    /// The oldest orders that hold or have bought seats, at most `limit`, by their ids: those begin with the time.
    #[must_use]
    pub fn first_orders(&self, limit: usize) -> Vec<OrderId> {
        let mut first = BinaryHeap::with_capacity(limit + 1);
        for order in self.holdings.keys() {
            first.push(*order);
            if first.len() > limit {
                first.pop();
            }
        }
        first.into_sorted_vec()
    }

    /// How many seats a customer holds and has bought.
    #[must_use]
    pub fn seats_of(&self, customer: UserId) -> u32 {
        self.customers.get(&customer).copied().unwrap_or(0)
    }

    /// How many of a section's seats are held and sold.
    #[must_use]
    pub fn counts(&self, section: Code) -> SectionCounts {
        self.sections.get(&section).map(|section| section.counts).unwrap_or_default()
    }

    /// Whether a numbered seat is held or sold.
    #[must_use]
    pub fn is_taken(&self, section: Code, seat: crate::SeatName) -> bool {
        self.sections.get(&section).is_some_and(|section| section.is_taken(seat))
    }

    /// See [`crate::Aggregate::weight`].
    #[must_use]
    pub fn approximate_bytes(&self) -> usize {
        const HOLDING: usize = 2 * (size_of::<Holding>() + size_of::<OrderId>()) + 64;
        const SEAT: usize = size_of::<SeatRef>() + 16;
        size_of::<Self>() + self.holdings.len() * HOLDING + self.seats * SEAT
    }
}
