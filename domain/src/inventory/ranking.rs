//! Where in a section there is room: the longest free run of every row, so that rows without room cost nothing.

use std::sync::Arc;

use super::seat_map::SeatMap;
use crate::{
    Code,
    show::{MAX_SEATS_PER_ORDER, SectionLayout},
};

/// Rows that are passed over in one step.
const BLOCK: usize = 64;

/// The longest free run of each row of a section, as far as an order could use it.
#[derive(Debug, Clone)]
pub(super) struct Ranking {
    layout: Arc<SectionLayout>,
    longest: Vec<u8>,
    /// The longest of each block of rows.
    peaks: Vec<u8>,
}

impl Ranking {
    pub(super) fn new<'a>(layout: &Arc<SectionLayout>, taken: impl Fn(Code) -> Option<&'a SeatMap>) -> Self {
        let longest: Vec<u8> = layout
            .rows
            .iter()
            .map(|row| taken(row.code).map_or_else(|| capped(row.seats), |map| longest_run(map, row.seats)))
            .collect();
        let peaks = longest.chunks(BLOCK).map(peak).collect();
        Self { layout: Arc::clone(layout), longest, peaks }
    }

    /// Whether it was made for this very layout: a show that was revised, or read again, has another.
    pub(super) fn is_for(&self, layout: &Arc<SectionLayout>) -> bool {
        Arc::ptr_eq(&self.layout, layout)
    }

    /// The first row from `from` on that has `length` free seats side by side.
    pub(super) fn first_with(&self, from: usize, length: u32) -> Option<usize> {
        let enough = |longest: &u8| u32::from(*longest) >= length;
        let (block, end) = (from / BLOCK, (from / BLOCK + 1) * BLOCK);
        let rest = self.longest.get(from..end.min(self.longest.len()))?;
        if let Some(offset) = rest.iter().position(enough) {
            return Some(from + offset);
        }
        let block = block + 1 + self.peaks.get(block + 1..)?.iter().position(enough)?;
        self.longest[block * BLOCK..].iter().position(enough).map(|offset| block * BLOCK + offset)
    }

    pub(super) fn update(&mut self, row: Code, taken: &SeatMap) {
        let Some(index) = self.layout.row(row) else { return };
        self.longest[index] = longest_run(taken, self.layout.rows[index].seats);
        let block = index / BLOCK;
        let end = ((block + 1) * BLOCK).min(self.longest.len());
        self.peaks[block] = peak(&self.longest[block * BLOCK..end]);
    }
}

fn peak(rows: &[u8]) -> u8 {
    rows.iter().copied().max().unwrap_or(0)
}

fn longest_run(taken: &SeatMap, seats: u32) -> u8 {
    capped(taken.longest_run(seats, MAX_SEATS_PER_ORDER))
}

/// No order needs more than 20 side by side.
fn capped(run: u32) -> u8 {
    u8::try_from(run.min(MAX_SEATS_PER_ORDER)).unwrap_or(u8::MAX)
}
