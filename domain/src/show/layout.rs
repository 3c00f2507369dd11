//! A show's seats, ready to be looked up: built once per revision, shared by every order.

use std::{collections::HashMap, sync::Arc};

use crate::{Code, SeatName};

use super::{Seating, SectionDraft, ShowDraft};

/// The plan of a show's seats.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Layout {
    sections: Vec<Arc<SectionLayout>>,
    by_code: HashMap<Code, usize>,
    /// The section each row is in; `None` where the same code names rows of several sections.
    by_row: HashMap<Code, Option<usize>>,
}

/// The plan of one section.
#[derive(Debug, Clone, PartialEq)]
pub struct SectionLayout {
    /// Its code.
    pub code: Code,
    /// What a seat costs before tax, in minor units.
    pub price: i64,
    /// How many seats it has.
    pub capacity: u32,
    /// Its rows, best first; none where it sells by quantity.
    pub rows: Vec<RowLayout>,
    by_row: HashMap<Code, usize>,
}

/// The plan of one row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RowLayout {
    /// Its code.
    pub code: Code,
    /// How many seats it has, numbered from 1.
    pub seats: u32,
}

impl Layout {
    /// The plan that a sound draft describes.
    #[must_use]
    pub fn new(draft: &ShowDraft) -> Self {
        let mut layout = Self::default();
        for section in draft.sections.iter().filter_map(SectionLayout::new) {
            let index = layout.sections.len();
            layout.by_code.insert(section.code, index);
            for row in &section.rows {
                layout.by_row.entry(row.code).and_modify(|known| *known = None).or_insert(Some(index));
            }
            layout.sections.push(Arc::new(section));
        }
        layout
    }

    /// All sections, as listed.
    #[must_use]
    pub fn sections(&self) -> &[Arc<SectionLayout>] {
        &self.sections
    }

    /// The section of that code.
    #[must_use]
    pub fn section(&self, code: Code) -> Option<&Arc<SectionLayout>> {
        self.by_code.get(&code).map(|&index| &self.sections[index])
    }

    /// The only section with a row of that code; `Some(None)` if there are several.
    #[must_use]
    pub fn section_of_row(&self, row: Code) -> Option<Option<&Arc<SectionLayout>>> {
        self.by_row.get(&row).map(|known| known.map(|index| &self.sections[index]))
    }

    pub(super) fn approximate_bytes(&self) -> usize {
        let rows: usize = self.sections.iter().map(|section| section.rows.len()).sum();
        // Rows stand in the draft, in the layout and in two indexes.
        rows * 200 + self.sections.len() * 1_000
    }
}

impl SectionLayout {
    fn new(section: &SectionDraft) -> Option<Self> {
        let rows: Vec<RowLayout> = match &section.seating {
            Seating::Quantity { .. } => vec![],
            Seating::Rows(rows) => rows
                .iter()
                .filter_map(|row| Some(RowLayout { code: row.row.parse().ok()?, seats: row.seats }))
                .collect(),
        };
        Some(Self {
            code: section.code.parse().ok()?,
            price: section.price,
            capacity: u32::try_from(section.seating.capacity()).unwrap_or(u32::MAX),
            by_row: rows.iter().enumerate().map(|(index, row)| (row.code, index)).collect(),
            rows,
        })
    }

    /// Whether its seats are numbered.
    #[must_use]
    pub fn is_numbered(&self) -> bool {
        !self.rows.is_empty()
    }

    /// The index of the row of that code.
    #[must_use]
    pub fn row(&self, code: Code) -> Option<usize> {
        self.by_row.get(&code).copied()
    }

    /// Whether there is such a seat.
    #[must_use]
    pub fn has(&self, seat: SeatName) -> bool {
        self.row(seat.row).is_some_and(|row| (1..=self.rows[row].seats).contains(&seat.number))
    }
}
