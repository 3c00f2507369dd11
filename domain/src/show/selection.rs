//! What an order asks for, matched against the show's layout: every wish names a section and seats that exist.

use std::{collections::HashSet, sync::Arc};

use serde::{Deserialize, Serialize};

use crate::{Code, SeatName};

use super::{Layout, MAX_PROBLEMS, SectionLayout};

/// The most seats one order may have.
pub const MAX_SEATS_PER_ORDER: u32 = 20;

/// One wish of an order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderItem {
    /// The section's code. May be left out for seats in a row that no other section has.
    pub section: Option<String>,
    /// What is wanted of it.
    pub wanted: Wanted,
}

/// Seats by number of them, or by name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Wanted {
    /// The best there are.
    Quantity {
        /// How many.
        quantity: u32,
        /// Whether they have to be side by side, where seats are numbered.
        adjacent: bool,
    },
    /// These seats, such as `A-1`.
    Seats(Vec<String>),
}

/// A wish that the layout can fulfil, if nobody else has the seats.
#[derive(Debug, Clone, PartialEq)]
pub struct Pick {
    /// The section.
    pub section: Arc<SectionLayout>,
    /// What is wanted of it.
    pub seats: PickedSeats,
}

/// Seats by number of them, or by name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PickedSeats {
    /// The best there are.
    Best {
        /// How many.
        quantity: u32,
        /// Whether they have to be side by side, where seats are numbered.
        adjacent: bool,
    },
    /// These seats, all of which exist, each once in the whole order.
    Named(Vec<SeatName>),
}

impl Pick {
    /// How many seats are wanted.
    #[must_use]
    pub fn quantity(&self) -> u32 {
        match &self.seats {
            PickedSeats::Best { quantity, .. } => *quantity,
            PickedSeats::Named(seats) => u32::try_from(seats.len()).unwrap_or(u32::MAX),
        }
    }
}

impl Layout {
    /// Finds what the items ask for.
    ///
    /// # Errors
    /// The broken rules, up to [`MAX_PROBLEMS`]: a JSON pointer into the request, such as `/items/0/section`, and what is wrong there.
    pub fn select(&self, items: &[OrderItem]) -> Result<Vec<Pick>, Vec<(String, String)>> {
        let mut selection = Selection { layout: self, picks: vec![], errors: vec![], named: HashSet::new() };
        selection.check_size(items);
        if selection.errors.is_empty() {
            items
                .iter()
                .enumerate()
                .for_each(|(index, item)| selection.add(&format!("/items/{index}"), item));
        }
        if selection.errors.is_empty() { Ok(selection.picks) } else { Err(selection.errors) }
    }
}

struct Selection<'a> {
    layout: &'a Layout,
    picks: Vec<Pick>,
    errors: Vec<(String, String)>,
    named: HashSet<(Code, SeatName)>,
}

impl Selection<'_> {
    /// Sizes come first: nothing below looks at more than 20 seats.
    fn check_size(&mut self, items: &[OrderItem]) {
        if items.is_empty() {
            self.error("/items", "must not be empty");
        }
        let mut total = 0u64;
        for (index, item) in items.iter().enumerate() {
            total += match &item.wanted {
                Wanted::Quantity { quantity, .. } => self.check_quantity(index, *quantity),
                Wanted::Seats(seats) => self.check_seats(index, seats),
            };
        }
        if total > u64::from(MAX_SEATS_PER_ORDER) {
            self.error("/items", "an order may have at most 20 seats");
        }
    }

    fn check_quantity(&mut self, index: usize, quantity: u32) -> u64 {
        if !(1..=MAX_SEATS_PER_ORDER).contains(&quantity) {
            self.error(format!("/items/{index}/quantity"), "must be 1 to 20");
        }
        u64::from(quantity)
    }

    fn check_seats(&mut self, index: usize, seats: &[String]) -> u64 {
        if seats.is_empty() {
            self.error(format!("/items/{index}/seats"), "must not be empty");
        }
        seats.len() as u64
    }

    fn add(&mut self, path: &str, item: &OrderItem) {
        let section = match item.section.as_deref().map(|code| self.section(code)) {
            Some(None) => return self.error(format!("{path}/section"), "the show has no such section"),
            Some(Some(section)) => Some(section),
            None => None,
        };
        match &item.wanted {
            Wanted::Quantity { quantity, adjacent } => match section {
                Some(section) => self.add_best(section, *quantity, *adjacent),
                None => self.error(format!("{path}/section"), "is needed with a quantity"),
            },
            Wanted::Seats(seats) => {
                for (index, seat) in seats.iter().enumerate() {
                    self.add_seat(path, &format!("{path}/seats/{index}"), section.as_ref(), seat);
                }
            }
        }
    }

    fn section(&self, code: &str) -> Option<Arc<SectionLayout>> {
        self.layout.section(code.parse().ok()?).cloned()
    }

    fn add_best(&mut self, section: Arc<SectionLayout>, quantity: u32, adjacent: bool) {
        self.picks.push(Pick { section, seats: PickedSeats::Best { quantity, adjacent } });
    }

    fn add_seat(&mut self, item: &str, path: &str, section: Option<&Arc<SectionLayout>>, seat: &str) {
        let seat: SeatName = match seat.parse() {
            Ok(seat) => seat,
            Err(error) => return self.error(path, error.to_string()),
        };
        let found = match section {
            Some(section) => Some(Some(section)),
            None => self.layout.section_of_row(seat.row),
        };
        match found {
            Some(None) => self.error(format!("{item}/section"), "is needed: several sections have this row"),
            Some(Some(section)) if section.has(seat) => {
                let section = Arc::clone(section);
                self.name(path, section, seat);
            }
            None | Some(Some(_)) => self.error(path, "there is no such seat"),
        }
    }

    fn name(&mut self, path: &str, section: Arc<SectionLayout>, seat: SeatName) {
        if !self.named.insert((section.code, seat)) {
            return self.error(path, "the seat occurs twice in the order");
        }
        match self.picks.last_mut() {
            Some(Pick { section: last, seats: PickedSeats::Named(seats) }) if last.code == section.code => {
                seats.push(seat);
            }
            Some(_) | None => self.picks.push(Pick { section, seats: PickedSeats::Named(vec![seat]) }),
        }
    }

    fn error(&mut self, pointer: impl Into<String>, detail: impl Into<String>) {
        if self.errors.len() < MAX_PROBLEMS {
            self.errors.push((pointer.into(), detail.into()));
        }
    }
}
