//! How an inventory changes: what its events come to, and its form as a snapshot.

use std::sync::Arc;

use super::{Holding, Inventory, SeatState, section::Section};
use crate::{Code, OrderId, SeatRef, UserId, show::Pick};

impl Inventory {
    pub(super) fn rank_rows(&mut self, picks: &[Pick]) {
        for pick in picks.iter().filter(|pick| pick.section.is_numbered()) {
            let ranked =
                self.sections.get(&pick.section.code).is_some_and(|known| known.is_ranked(&pick.section));
            if !ranked {
                self.section_mut(pick.section.code).rank(&pick.section);
            }
        }
    }

    pub(super) fn hold(&mut self, order: OrderId, customer: UserId, seats: &[SeatRef], state: SeatState) {
        let holding = Holding { order, customer, seats: seats.into(), state };
        if self.holdings.insert(order, Arc::new(holding)).is_some() {
            return;
        }
        for seat in seats {
            self.section_mut(seat.section).take(seat.seat, state);
        }
        self.seats += seats.len();
        let count = self.customers.entry(customer).or_insert(0);
        *count = count.saturating_add(small(seats.len()));
    }

    pub(super) fn sell(&mut self, order: OrderId) {
        let Some(holding) = self.holdings.get_mut(&order) else { return };
        if holding.state == SeatState::Sold {
            return;
        }
        Arc::make_mut(holding).state = SeatState::Sold;
        let seats = Arc::clone(&holding.seats);
        for seat in seats.iter() {
            self.section_mut(seat.section).sell();
        }
    }

    pub(super) fn give_back(&mut self, order: OrderId) {
        let Some(holding) = self.holdings.remove(&order) else { return };
        for seat in holding.seats.iter() {
            self.section_mut(seat.section).give_back(seat.seat, holding.state);
        }
        self.seats -= holding.seats.len();
        let left = self.seats_of(holding.customer).saturating_sub(small(holding.seats.len()));
        if left == 0 {
            self.customers.remove(&holding.customer);
        } else {
            self.customers.insert(holding.customer, left);
        }
    }

    fn section_mut(&mut self, code: Code) -> &mut Section {
        Arc::make_mut(self.sections.entry(code).or_default())
    }
}

impl From<Vec<Holding>> for Inventory {
    fn from(holdings: Vec<Holding>) -> Self {
        let mut inventory = Self::default();
        for holding in holdings {
            inventory.hold(holding.order, holding.customer, &holding.seats, holding.state);
        }
        inventory
    }
}

impl From<Inventory> for Vec<Holding> {
    fn from(inventory: Inventory) -> Self {
        let mut holdings: Self = inventory.holdings.values().map(|holding| Holding::clone(holding)).collect();
        // Equal inventories have equal snapshots.
        holdings.sort_unstable_by_key(|holding| holding.order);
        holdings
    }
}

/// An order has at most 20 seats.
fn small(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}
