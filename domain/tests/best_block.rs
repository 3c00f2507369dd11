//! The best seats are the best: what an inventory chooses is held against a search that tries everything.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::cast_possible_truncation,
    missing_docs
)]

mod support;

use domain::{
    Decider, Inventory, InventoryEvent, SeatName, SeatRef,
    inventory::{InventoryCommand, InventoryRefusal},
    show::Layout,
};
use proptest::prelude::*;
use support::{customer, draft_of, noon, order_id, quantity, rows, section};

/// Rows of seats; true: taken.
type House = Vec<Vec<bool>>;

fn layout(house: &House) -> Layout {
    let named: Vec<(String, u32)> =
        house.iter().enumerate().map(|(index, row)| (format!("R{index}"), row.len() as u32)).collect();
    let named: Vec<(&str, u32)> = named.iter().map(|(row, seats)| (row.as_str(), *seats)).collect();
    Layout::new(&draft_of(vec![section("s", 1, rows(&named))]))
}

fn inventory(house: &House) -> Inventory {
    let mut inventory = Inventory::default();
    let taken = house.iter().enumerate().flat_map(|(index, row)| {
        let seats = row.iter().enumerate().filter(|(_, taken)| **taken);
        seats.map(move |(seat, _)| (index, seat)).collect::<Vec<_>>()
    });
    for (number, (row, seat)) in taken.enumerate() {
        inventory.evolve(&InventoryEvent::SeatsReserved {
            order: order_id(number as u128),
            customer: customer(0),
            seats: vec![seat_ref(row, seat)],
            until: noon(),
        });
    }
    inventory
}

fn seat_ref(row: usize, seat: usize) -> SeatRef {
    let name = SeatName { row: format!("R{row}").parse().unwrap(), number: seat as u32 + 1 };
    SeatRef { section: "s".parse().unwrap(), seat: Some(name) }
}

fn chosen(house: &House, wanted: usize) -> Result<Vec<SeatRef>, InventoryRefusal> {
    let layout = layout(house);
    let picks = layout.select(&[quantity("s", wanted as u32)]).unwrap();
    let reserve = InventoryCommand::Reserve {
        order: order_id(u128::from(u32::MAX)),
        customer: customer(0),
        picks: &picks,
        limit: None,
        until: noon(),
    };
    let mut inventory = inventory(house);
    inventory.prepare(&reserve);
    let [InventoryEvent::SeatsReserved { seats, .. }] = &inventory.decide(reserve)?[..] else { panic!() };
    Ok(seats.clone())
}

/// The contract, word by word: rows best first; nearest the centre; no single empty seat left where another equal
/// choice exists; the lower number.
fn best_by_trying_everything(house: &House, wanted: usize) -> Option<(usize, usize)> {
    let blocks = house.iter().enumerate().flat_map(|(index, row)| {
        (0..row.len()).filter(move |&start| is_free(row, start, wanted)).map(move |start| (index, start))
    });
    blocks.min_by_key(|&(index, start)| {
        let row = &house[index];
        let twice_off_centre = (2 * start + wanted).abs_diff(row.len());
        (index, twice_off_centre, leaves_a_new_single(row, start, wanted), start)
    })
}

fn is_free(row: &[bool], start: usize, length: usize) -> bool {
    row.get(start..start + length).is_some_and(|seats| seats.iter().all(|taken| !taken))
}

fn leaves_a_new_single(row: &[bool], start: usize, length: usize) -> bool {
    let mut after = row.to_vec();
    after[start..start + length].fill(true);
    singles(&after).iter().any(|seat| !singles(row).contains(seat))
}

fn singles(row: &[bool]) -> Vec<usize> {
    let taken = |seat: Option<usize>| seat.and_then(|seat| row.get(seat)).is_none_or(|taken| *taken);
    (0..row.len()).filter(|&seat| !row[seat] && taken(seat.checked_sub(1)) && taken(Some(seat + 1))).collect()
}

fn a_house(widest: usize) -> impl Strategy<Value = House> {
    let row = (1..=widest, 0.0..0.9f64)
        .prop_flat_map(|(seats, density)| prop::collection::vec(prop::bool::weighted(density), seats));
    prop::collection::vec(row, 1..6)
}

fn agrees(house: &House, wanted: usize) -> Result<(), TestCaseError> {
    let free = house.iter().flatten().filter(|taken| !**taken).count();
    let answer = chosen(house, wanted);
    if let Some((row, start)) = best_by_trying_everything(house, wanted) {
        prop_assert_eq!(answer, Ok((start..start + wanted).map(|seat| seat_ref(row, seat)).collect()));
    } else if free < wanted {
        prop_assert_eq!(answer, Err(InventoryRefusal::NotEnoughAvailable { available: free as u32 }));
    } else {
        let largest = (1..wanted).rev().find(|&less| best_by_trying_everything(house, less).is_some());
        let largest_block = largest.unwrap_or(0) as u32;
        prop_assert_eq!(answer, Err(InventoryRefusal::NoAdjacentSeats { largest_block }));
    }
    Ok(())
}

proptest! {
    #[test]
    fn the_best_block_of_a_small_house_is_chosen(house in a_house(14), wanted in 1..=8usize) {
        agrees(&house, wanted)?;
    }

    #[test]
    fn the_best_block_of_wide_rows_is_chosen(house in a_house(300), wanted in 1..=20usize) {
        agrees(&house, wanted)?;
    }
}

#[test]
fn of_two_equal_choices_the_one_that_strands_nobody_is_taken() {
    let row = |text: &str| vec![text.chars().map(|seat| seat == 'x').collect::<Vec<bool>>()];
    let first = |text| chosen(&row(text), 2).unwrap()[0];
    // 3-4 would leave 5-6; 4-5 would leave 3 and 6 alone.
    assert_eq!(first("xx....x"), seat_ref(0, 2));
    // 3-4 would leave 2 and 5 alone; 4-5 leaves 2-3.
    assert_eq!(first("x....xx"), seat_ref(0, 3));
    // Either would leave one alone, so the lower number it is.
    assert_eq!(first("x.....x"), seat_ref(0, 2));
}

#[test]
fn rows_beyond_the_first_block_of_64_are_found() {
    let mut house: House = vec![vec![true]; 200];
    house[199] = vec![false; 3];
    house[130] = vec![false; 2];
    assert_eq!(chosen(&house, 3).unwrap()[0], seat_ref(199, 0));
    assert_eq!(chosen(&house, 2).unwrap()[0], seat_ref(130, 0));
}
