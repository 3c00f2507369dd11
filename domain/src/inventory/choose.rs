//! Which seats an order gets.

use std::sync::Arc;

use super::{Inventory, InventoryRefusal, ranking::Ranking, seat_map::SeatMap, section::Section};
use crate::{
    Code, SeatName, SeatRef,
    show::{Pick, PickedSeats, SectionLayout},
};

/// The seats for every pick, in the order of the picks; all or none.
///
/// Seats that were named come first, so that none of them is given away as one of the best.
pub(super) fn choose(inventory: &Inventory, picks: &[Pick]) -> Result<Vec<SeatRef>, InventoryRefusal> {
    named_are_free(inventory, picks)?;
    enough_are_left(inventory, picks)?;
    let mut chosen = Chosen { inventory, rows: vec![] };
    for (section, seat) in named(picks) {
        chosen.take(section, seat);
    }
    let mut seats = Vec::new();
    for pick in picks {
        let code = pick.section.code;
        match &pick.seats {
            PickedSeats::Named(names) => seats.extend(names.iter().map(|&seat| numbered(code, seat))),
            PickedSeats::Best { quantity, .. } if !pick.section.is_numbered() => {
                seats.extend((0..*quantity).map(|_| SeatRef { section: code, seat: None }));
            }
            PickedSeats::Best { quantity, adjacent } => {
                let best = chosen.best(&pick.section, *quantity, *adjacent)?;
                seats.extend(best.into_iter().map(|seat| numbered(code, seat)));
            }
        }
    }
    Ok(seats)
}

fn numbered(section: Code, seat: SeatName) -> SeatRef {
    SeatRef { section, seat: Some(seat) }
}

fn named(picks: &[Pick]) -> impl Iterator<Item = (&Arc<SectionLayout>, SeatName)> {
    picks.iter().flat_map(|pick| match &pick.seats {
        PickedSeats::Named(seats) => seats.iter().map(|&seat| (&pick.section, seat)).collect(),
        PickedSeats::Best { .. } => vec![],
    })
}

fn named_are_free(inventory: &Inventory, picks: &[Pick]) -> Result<(), InventoryRefusal> {
    let taken = named(picks).filter(|(section, seat)| inventory.is_taken(section.code, *seat));
    let seats: Vec<SeatRef> = taken.map(|(section, seat)| numbered(section.code, seat)).collect();
    if seats.is_empty() { Ok(()) } else { Err(InventoryRefusal::SeatsTaken { seats }) }
}

/// Several picks may be of one section; together they must fit.
fn enough_are_left(inventory: &Inventory, picks: &[Pick]) -> Result<(), InventoryRefusal> {
    for pick in picks {
        let code = pick.section.code;
        let wanted: u32 = picks.iter().filter(|other| other.section.code == code).map(Pick::quantity).sum();
        let available = inventory.counts(code).available(pick.section.capacity);
        if wanted > available {
            return Err(InventoryRefusal::NotEnoughAvailable { available });
        }
    }
    Ok(())
}

/// The inventory with the seats chosen so far.
struct Chosen<'a> {
    inventory: &'a Inventory,
    rows: Vec<(Code, Code, SeatMap)>,
}

impl Chosen<'_> {
    fn best(
        &mut self,
        layout: &Arc<SectionLayout>,
        quantity: u32,
        adjacent: bool,
    ) -> Result<Vec<SeatName>, InventoryRefusal> {
        let section = self.inventory.sections.get(&layout.code).cloned().unwrap_or_default();
        let ranking = section.ranking(layout);
        if let Some(block) = self.block(&section, &ranking, layout, quantity) {
            return Ok(block);
        }
        if adjacent {
            let shorter = (1..quantity).rev();
            let largest =
                shorter.into_iter().find(|&run| self.find(&section, &ranking, layout, run).is_some());
            return Err(InventoryRefusal::NoAdjacentSeats { largest_block: largest.unwrap_or(0) });
        }
        let singles = (0..quantity).filter_map(|_| self.block(&section, &ranking, layout, 1));
        Ok(singles.flatten().collect())
    }

    /// Takes the best block there is.
    fn block(
        &mut self,
        section: &Section,
        ranking: &Ranking,
        layout: &Arc<SectionLayout>,
        length: u32,
    ) -> Option<Vec<SeatName>> {
        let (row, first) = self.find(section, ranking, layout, length)?;
        let seats: Vec<SeatName> = (first..first + length).map(|number| SeatName { row, number }).collect();
        for &seat in &seats {
            self.take(layout, seat);
        }
        Some(seats)
    }

    fn find(
        &self,
        section: &Section,
        ranking: &Ranking,
        layout: &SectionLayout,
        length: u32,
    ) -> Option<(Code, u32)> {
        let mut from = 0;
        // The ranking does not know what was chosen meanwhile: of up to 20 rows it may promise too much.
        while let Some(index) = ranking.first_with(from, length) {
            let row = layout.rows[index];
            let untouched = SeatMap::default();
            let taken =
                self.row(layout.code, row.code).or_else(|| section.row(row.code)).unwrap_or(&untouched);
            if let Some(first) = taken.best_block(row.seats, length) {
                return Some((row.code, first));
            }
            from = index + 1;
        }
        None
    }

    fn row(&self, section: Code, row: Code) -> Option<&SeatMap> {
        self.rows.iter().find(|(s, r, _)| (*s, *r) == (section, row)).map(|(_, _, map)| map)
    }

    fn take(&mut self, layout: &SectionLayout, seat: SeatName) {
        let known = self.rows.iter().position(|(s, r, _)| (*s, *r) == (layout.code, seat.row));
        let index = known.unwrap_or_else(|| {
            let section = self.inventory.sections.get(&layout.code);
            let taken = section.and_then(|section| section.row(seat.row)).cloned().unwrap_or_default();
            self.rows.push((layout.code, seat.row, taken));
            self.rows.len() - 1
        });
        self.rows[index].2.take(seat.number);
    }
}
