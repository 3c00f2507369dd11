//! What is kept of an inventory.

use std::collections::BTreeMap;

use domain::{
    Code, InventoryEvent, OrderId, SeatName, SeatRef, SeatState, SectionDraft, ShowDraft, ShowEvent,
};
use serde::{Deserialize, Serialize};

use crate::{happened::Happened, read_model::Misfit};

/// An inventory as it stands.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct InventoryRow {
    /// Its sections, in the order of the show.
    pub sections: Vec<SectionRow>,
    /// What became of numbered seats since the row was loaded; `None` for one that is available again. Folded from
    /// the first event on, these are all that are or were taken. A show may have 100,000 seats, so a batch loads none.
    pub seats: BTreeMap<(Code, SeatName), Option<Taken>>,
}

/// A section as it stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SectionRow {
    /// Its code.
    pub section: String,
    /// How many seats it has.
    pub capacity: u64,
    /// How many of them are held.
    pub held: u64,
    /// How many of them are sold.
    pub sold: u64,
}

/// A seat that is not available.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Taken {
    /// Held or sold.
    pub state: SeatState,
    /// Who has it.
    pub order: OrderId,
}

impl InventoryRow {
    /// All seats.
    #[must_use]
    pub fn capacity(&self) -> u64 {
        self.sections.iter().map(|section| section.capacity).sum()
    }

    /// Those that are held.
    #[must_use]
    pub fn held(&self) -> u64 {
        self.sections.iter().map(|section| section.held).sum()
    }

    /// Those that are sold.
    #[must_use]
    pub fn sold(&self) -> u64 {
        self.sections.iter().map(|section| section.sold).sum()
    }

    /// The row after an event of the show.
    pub(super) fn plan(row: Option<Self>, what: &ShowEvent, event: &Happened) -> Result<Self, Misfit> {
        let mut row = match what {
            ShowEvent::ShowScheduled { .. } => row.unwrap_or_default(),
            ShowEvent::ShowRevised { .. }
            | ShowEvent::ShowPublished {}
            | ShowEvent::ShowClosed {}
            | ShowEvent::ShowCancelled {} => row.ok_or_else(|| Misfit::no_row(event))?,
        };
        match what {
            ShowEvent::ShowScheduled { draft, .. } | ShowEvent::ShowRevised { draft } => row.lay_out(draft),
            ShowEvent::ShowPublished {} | ShowEvent::ShowClosed {} | ShowEvent::ShowCancelled {} => {}
        }
        Ok(row)
    }

    /// Sections are as the draft has them; what is held and sold stays.
    fn lay_out(&mut self, draft: &ShowDraft) {
        let planned = |section: &SectionDraft| {
            let known = self.sections.iter().find(|known| known.section == section.code);
            let (held, sold) = known.map_or((0, 0), |known| (known.held, known.sold));
            SectionRow { section: section.code.clone(), capacity: section.seating.capacity(), held, sold }
        };
        self.sections = draft.sections.iter().map(planned).collect();
    }

    /// Applies what happened to seats.
    pub(super) fn change(&mut self, what: &InventoryEvent, event: &Happened) -> Result<(), Misfit> {
        let (order, seats) = match what {
            InventoryEvent::SeatsReserved { order, seats, .. }
            | InventoryEvent::SeatsCommitted { order, seats, .. }
            | InventoryEvent::SeatsReleased { order, seats, .. } => (*order, seats),
        };
        let (from, to) = match what {
            InventoryEvent::SeatsReserved { .. } => (None, Some(SeatState::Held)),
            InventoryEvent::SeatsCommitted { .. } => (Some(SeatState::Held), Some(SeatState::Sold)),
            InventoryEvent::SeatsReleased { were, .. } => (Some(*were), None),
        };
        seats.iter().try_for_each(|seat| self.step(seat, order, from, to, event))
    }

    fn step(
        &mut self,
        seat: &SeatRef,
        order: OrderId,
        from: Option<SeatState>,
        to: Option<SeatState>,
        event: &Happened,
    ) -> Result<(), Misfit> {
        let section = self.sections.iter_mut().find(|section| section.section == seat.section.as_str());
        let section = section.ok_or_else(|| misfit(event, seat, "which the show does not have"))?;
        if let Some(count) = from.map(|state| section.count(state)) {
            *count =
                count.checked_sub(1).ok_or_else(|| misfit(event, seat, "which has no such seat left"))?;
        }
        if let Some(state) = to {
            *section.count(state) += 1;
        }
        if section.held + section.sold > section.capacity {
            return Err(misfit(event, seat, "which is full"));
        }
        if let Some(name) = seat.seat {
            self.seats.insert((seat.section, name), to.map(|state| Taken { state, order }));
        }
        Ok(())
    }
}

impl SectionRow {
    fn count(&mut self, state: SeatState) -> &mut u64 {
        match state {
            SeatState::Held => &mut self.held,
            SeatState::Sold => &mut self.sold,
        }
    }

    /// Those that are neither held nor sold.
    #[must_use]
    pub fn available(&self) -> u64 {
        self.capacity.saturating_sub(self.held + self.sold)
    }
}

fn misfit(event: &Happened, seat: &SeatRef, why: &str) -> Misfit {
    Misfit(format!("event {} names section {}, {why}", event.position, seat.section))
}
