//! One hot show takes tens of thousands of orders a second; unoptimised, still thousands.

#![expect(clippy::disallowed_macros, reason = "whoever measures reads the figures on the terminal")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::cast_possible_truncation,
    missing_docs
)]

mod support;

use std::time::Instant;

use domain::{Decider, Inventory, inventory::InventoryCommand, show::Layout};
use support::{customer, draft_of, noon, order_id, quantity, rows, section};

/// Sells `orders` pairs; every decision is made on a clone, as the sequencer does.
fn sell_pairs(layout: &Layout, orders: u128) -> (Inventory, f64) {
    let picks = layout.select(&[quantity("s", 2)]).unwrap();
    let mut inventory = Inventory::default();
    let begun = Instant::now();
    for number in 0..orders {
        let mut work = inventory.clone();
        let reserve = InventoryCommand::Reserve {
            order: order_id(number),
            customer: customer(number),
            picks: &picks,
            limit: Some(20),
            until: noon(),
        };
        work.prepare(&reserve);
        for event in work.decide(reserve).unwrap() {
            work.evolve(&event);
        }
        inventory = work;
    }
    (inventory, begun.elapsed().as_secs_f64())
}

fn house(row_count: usize, seats: u32) -> Layout {
    let named: Vec<String> = (0..row_count).map(|row| format!("R{row}")).collect();
    let named: Vec<(&str, u32)> = named.iter().map(|row| (row.as_str(), seats)).collect();
    Layout::new(&draft_of(vec![section("s", 1, rows(&named))]))
}

#[test]
#[ignore = "measures; run alone: cargo test -p domain --test speed -- --ignored --nocapture"]
fn ten_thousand_orders_of_a_show_of_100000_seats_take_less_than_a_second() {
    for (row_count, seats) in [(5_000, 20), (1_000, 100), (100, 1_000), (1, 100_000)] {
        let (_, seconds) = sell_pairs(&house(row_count, seats), 10_000);
        eprintln!("{row_count} rows of {seats}: 10,000 orders in {seconds:.3} s");
        assert!(seconds < 1.0);
    }
    // Pairs from the centre outwards leave one seat at either end of a row of 20.
    let (inventory, seconds) = sell_pairs(&house(5_000, 20), 45_000);
    eprintln!("5000 rows of 20, until no pair is left: 45,000 orders in {seconds:.3} s");
    assert_eq!(inventory.counts("s".parse().unwrap()).available(100_000), 10_000);
}
