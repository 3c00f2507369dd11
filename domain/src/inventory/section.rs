//! One section of an inventory: how many seats are held and sold, and which.

use std::sync::Arc;

use imbl::HashMap;

use super::{SeatState, ranking::Ranking, seat_map::SeatMap};
use crate::{Code, SeatName, show::SectionLayout};

/// How many seats of a section are not available.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct SectionCounts {
    /// Kept for orders that are not paid for yet.
    pub held: u32,
    /// Paid for.
    pub sold: u32,
}

impl SectionCounts {
    /// How many are neither held nor sold, of so many.
    #[must_use]
    pub const fn available(self, capacity: u32) -> u32 {
        capacity.saturating_sub(self.held).saturating_sub(self.sold)
    }
}

#[derive(Debug, Clone, Default)]
pub(super) struct Section {
    pub(super) counts: SectionCounts,
    /// Rows of which seats were ever taken.
    rows: HashMap<Code, SeatMap>,
    /// Where there is room; follows from `rows` and the layout it was made for.
    ranking: Option<Ranking>,
}

impl Section {
    pub(super) fn is_taken(&self, seat: SeatName) -> bool {
        self.rows.get(&seat.row).is_some_and(|row| row.is_taken(seat.number))
    }

    pub(super) fn row(&self, code: Code) -> Option<&SeatMap> {
        self.rows.get(&code)
    }

    pub(super) fn take(&mut self, seat: Option<SeatName>, state: SeatState) {
        *self.count_mut(state) += 1;
        if let Some(seat) = seat {
            self.rows.entry(seat.row).or_default().take(seat.number);
            self.rank_again(seat.row);
        }
    }

    pub(super) fn sell(&mut self) {
        self.counts.held = self.counts.held.saturating_sub(1);
        self.counts.sold += 1;
    }

    pub(super) fn give_back(&mut self, seat: Option<SeatName>, state: SeatState) {
        let count = self.count_mut(state);
        *count = count.saturating_sub(1);
        if let Some(seat) = seat {
            self.rows.entry(seat.row).or_default().give_back(seat.number);
            self.rank_again(seat.row);
        }
    }

    pub(super) fn is_ranked(&self, layout: &Arc<SectionLayout>) -> bool {
        self.ranking.as_ref().is_some_and(|ranking| ranking.is_for(layout))
    }

    pub(super) fn rank(&mut self, layout: &Arc<SectionLayout>) {
        self.ranking = Some(Ranking::new(layout, |row| self.rows.get(&row)));
    }

    /// Where there is room; worked out if it is not at hand.
    pub(super) fn ranking(&self, layout: &Arc<SectionLayout>) -> std::borrow::Cow<'_, Ranking> {
        match &self.ranking {
            Some(ranking) if ranking.is_for(layout) => std::borrow::Cow::Borrowed(ranking),
            Some(_) | None => std::borrow::Cow::Owned(Ranking::new(layout, |row| self.rows.get(&row))),
        }
    }

    fn count_mut(&mut self, state: SeatState) -> &mut u32 {
        match state {
            SeatState::Held => &mut self.counts.held,
            SeatState::Sold => &mut self.counts.sold,
        }
    }

    fn rank_again(&mut self, row: Code) {
        if let (Some(ranking), Some(map)) = (&mut self.ranking, self.rows.get(&row)) {
            ranking.update(row, map);
        }
    }
}
