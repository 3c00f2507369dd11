//! The rules of an inventory.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::cast_possible_truncation,
    missing_docs
)]

mod support;

use domain::{
    Inventory, InventoryEvent, OrderItem, ReleaseReason, SeatRef, SeatState,
    inventory::{InventoryCommand, InventoryRefusal},
    show::{Layout, Pick},
};
use proptest::prelude::*;
use support::{
    apart, customer, draft, draft_of, minutes, noon, order_id, quantity, rows, seats, section,
    spec::{given, twice_adds_nothing},
};

fn picks(items: &[OrderItem]) -> Vec<Pick> {
    Layout::new(&draft()).select(items).unwrap()
}

fn reserve(order: u128, picks: &[Pick]) -> InventoryCommand<'_> {
    let until = noon() + minutes(15);
    InventoryCommand::Reserve { order: order_id(order), customer: customer(order), picks, limit: None, until }
}

fn seat_refs(texts: &[&str]) -> Vec<SeatRef> {
    let seat = |text: &&str| match text.split_once('/') {
        Some((section, seat)) => {
            SeatRef { section: section.parse().unwrap(), seat: Some(seat.parse().unwrap()) }
        }
        None => SeatRef { section: text.parse().unwrap(), seat: None },
    };
    texts.iter().map(seat).collect()
}

fn reserved(order: u128, seats: &[&str]) -> InventoryEvent {
    InventoryEvent::SeatsReserved {
        order: order_id(order),
        customer: customer(order),
        seats: seat_refs(seats),
        until: noon() + minutes(15),
    }
}

fn committed(order: u128, seats: &[&str]) -> InventoryEvent {
    InventoryEvent::SeatsCommitted {
        order: order_id(order),
        customer: customer(order),
        seats: seat_refs(seats),
    }
}

fn released(order: u128, seats: &[&str], were: SeatState) -> InventoryEvent {
    InventoryEvent::SeatsReleased {
        order: order_id(order),
        customer: customer(order),
        seats: seat_refs(seats),
        were,
        reason: ReleaseReason::Cancelled,
    }
}

fn release(order: u128) -> InventoryCommand<'static> {
    InventoryCommand::Release { order: order_id(order), reason: ReleaseReason::Cancelled }
}

fn commit(order: u128) -> InventoryCommand<'static> {
    InventoryCommand::Commit { order: order_id(order) }
}

#[test]
fn one_order_may_mix_sections_named_seats_and_best_seats() {
    let picks = picks(&[quantity("stalls", 2), quantity("floor", 1), seats(Some("stalls"), &["A-3"])]);
    // A-3 was named, so the best two of row A begin right of it.
    given::<Inventory>([])
        .when(reserve(1, &picks))
        .then([reserved(1, &["stalls/A-4", "stalls/A-5", "floor", "stalls/A-3"])]);
}

#[test]
fn a_section_sells_no_more_than_it_has() {
    let history =
        || [reserved(1, &["floor", "floor"]), committed(1, &["floor", "floor"]), reserved(2, &["floor"])];
    given::<Inventory>(history())
        .when(reserve(3, &picks(&[quantity("floor", 3)])))
        .then_refused(InventoryRefusal::NotEnoughAvailable { available: 2 });
    given::<Inventory>(history())
        .when(reserve(3, &picks(&[quantity("floor", 2)])))
        .then([reserved(3, &["floor", "floor"])]);
}

#[test]
fn two_items_for_one_section_add_up() {
    given::<Inventory>([])
        .when(reserve(1, &picks(&[quantity("floor", 3), quantity("floor", 3)])))
        .then_refused(InventoryRefusal::NotEnoughAvailable { available: 5 });
    given::<Inventory>([])
        .when(reserve(1, &picks(&[seats(Some("stalls"), &["A-1"]), apart("stalls", 10)])))
        .then_refused(InventoryRefusal::NotEnoughAvailable { available: 10 });
}

#[test]
fn every_taken_seat_is_named_not_only_the_first() {
    let wanted = picks(&[seats(Some("stalls"), &["A-1", "A-2", "B-1"]), seats(None, &["B-2"])]);
    given::<Inventory>([reserved(1, &["stalls/A-2", "stalls/B-2"])])
        .when(reserve(2, &wanted))
        .then_refused(InventoryRefusal::SeatsTaken { seats: seat_refs(&["stalls/A-2", "stalls/B-2"]) });
}

#[test]
fn nothing_is_held_if_anything_is_refused() {
    let wanted = picks(&[quantity("floor", 1), seats(None, &["A-1"])]);
    let after = given::<Inventory>([reserved(1, &["stalls/A-1"])]).when(reserve(2, &wanted)).state();
    assert_eq!(after.counts("floor".parse().unwrap()).held, 0);
    assert_eq!(after.holding(order_id(2)), None);
}

#[test]
fn without_a_block_the_largest_there_is_is_named() {
    let history = || [reserved(1, &["stalls/A-2", "stalls/A-5", "stalls/B-2"])];
    given::<Inventory>(history())
        .when(reserve(2, &picks(&[quantity("stalls", 3)])))
        .then_refused(InventoryRefusal::NoAdjacentSeats { largest_block: 2 });
    // A-3 A-4 and B-3 B-4 are left side by side, A-1, A-6 and B-1 single: the best rows first.
    given::<Inventory>(history())
        .when(reserve(2, &picks(&[apart("stalls", 5)])))
        .then([reserved(2, &["stalls/A-3", "stalls/A-4", "stalls/A-1", "stalls/A-6", "stalls/B-3"])]);
}

#[test]
fn a_block_is_preferred_even_where_it_is_not_needed() {
    given::<Inventory>([reserved(1, &["stalls/A-3"])])
        .when(reserve(2, &picks(&[apart("stalls", 3)])))
        .then([reserved(2, &["stalls/A-4", "stalls/A-5", "stalls/A-6"])]);
}

#[test]
fn two_blocks_of_one_order_do_not_collide() {
    given::<Inventory>([]).when(reserve(1, &picks(&[quantity("stalls", 4), quantity("stalls", 4)]))).then([
        reserved(
            1,
            &[
                "stalls/A-2",
                "stalls/A-3",
                "stalls/A-4",
                "stalls/A-5", // the middle of row A
                "stalls/B-1",
                "stalls/B-2",
                "stalls/B-3",
                "stalls/B-4",
            ],
        ),
    ]);
}

#[test]
fn a_customer_has_no_more_seats_than_allowed_over_all_orders() {
    let wanted = picks(&[quantity("floor", 2)]);
    let ask = |limit| InventoryCommand::Reserve {
        order: order_id(9),
        customer: customer(1),
        picks: &wanted,
        limit: Some(limit),
        until: noon(),
    };
    let history = || [reserved(1, &["floor"]), committed(1, &["floor"])];
    given::<Inventory>(history()).when(ask(2)).then_refused(InventoryRefusal::CustomerLimit { limit: 2 });
    let gone = [history().as_slice(), &[released(1, &["floor"], SeatState::Sold)]].concat();
    assert_eq!(given::<Inventory>(gone).when(ask(2)).state().seats_of(customer(1)), 2);
}

#[test]
fn held_seats_are_sold_and_sold_ones_released() {
    let history = [reserved(1, &["stalls/A-1", "floor"]), committed(1, &["stalls/A-1", "floor"])];
    given::<Inventory>([history[0].clone()]).when(commit(1)).then([history[1].clone()]);
    given::<Inventory>(history).when(release(1)).then([released(
        1,
        &["stalls/A-1", "floor"],
        SeatState::Sold,
    )]);
}

#[test]
fn seats_that_nobody_holds_are_neither_sold_nor_released_again() {
    given::<Inventory>([]).when(commit(1)).then_refused(InventoryRefusal::NotHeld);
    given::<Inventory>([]).when(release(1)).then_nothing();
}

#[test]
fn a_row_that_grew_offers_its_new_seats() {
    let layout = |seats| Layout::new(&draft_of(vec![section("s", 1, rows(&[("A", seats)]))]));
    let full = layout(2).select(&[quantity("s", 2)]).unwrap();
    let mut inventory = Inventory::default();
    follow(&mut inventory, reserve(1, &full)).unwrap();
    let grown = layout(3).select(&[quantity("s", 1)]).unwrap();
    follow(&mut inventory, reserve(2, &grown)).unwrap();
    assert!(inventory.is_taken("s".parse().unwrap(), "A-3".parse().unwrap()));
}

#[test]
fn no_command_does_anything_twice() {
    let wanted = picks(&[seats(None, &["A-1"])]);
    let all = ["stalls/A-1"];
    let histories = [
        vec![],
        vec![reserved(1, &all)],
        vec![reserved(1, &all), committed(1, &all)],
        vec![reserved(1, &all), released(1, &all, SeatState::Held)],
    ];
    for history in histories {
        for command in [reserve(1, &wanted), reserve(2, &wanted), commit(1), release(1)] {
            twice_adds_nothing(given::<Inventory>(history.clone()).state(), || command);
        }
    }
}

/// Decides as a unit of work does.
fn follow(inventory: &mut Inventory, command: InventoryCommand<'_>) -> Result<(), InventoryRefusal> {
    use domain::Decider;
    inventory.prepare(&command);
    for event in inventory.decide(command)? {
        inventory.evolve(&event);
    }
    Ok(())
}

fn an_item() -> impl Strategy<Value = OrderItem> {
    let seat = ("[AB]", 1..=6u32).prop_map(|(row, number)| format!("{row}-{number}"));
    prop_oneof![
        (1..=4u32).prop_map(|count| quantity("floor", count)),
        (1..=5u32).prop_map(|count| quantity("stalls", count)),
        (1..=5u32).prop_map(|count| apart("stalls", count)),
        prop::collection::vec(seat, 1..4).prop_map(|names| {
            seats(Some("stalls"), &names.iter().map(String::as_str).collect::<Vec<_>>())
        }),
    ]
}

#[derive(Debug, Clone)]
enum Step {
    Reserve(u128, Vec<OrderItem>),
    Commit(u128),
    Release(u128),
}

fn a_step() -> impl Strategy<Value = Step> {
    prop_oneof![
        3 => (1..9u128, prop::collection::vec(an_item(), 1..3)).prop_map(|(order, items)| Step::Reserve(order, items)),
        1 => (1..9u128).prop_map(Step::Commit),
        2 => (1..9u128).prop_map(Step::Release),
    ]
}

fn take(inventory: &mut Inventory, layout: &Layout, step: &Step) {
    // Refusals are as good as any other answer here.
    let _ = match step {
        Step::Reserve(order, items) => match layout.select(items) {
            Ok(picks) => follow(inventory, reserve(*order, &picks)),
            Err(_) => Ok(()),
        },
        Step::Commit(order) => follow(inventory, commit(*order)),
        Step::Release(order) => follow(inventory, release(*order)),
    };
}

/// Everything that can be asked about seats.
fn observed(inventory: &Inventory, layout: &Layout) -> Vec<String> {
    let mut lines = vec![serde_json::to_string(inventory).unwrap()];
    for section in layout.sections() {
        lines.push(format!("{:?}", inventory.counts(section.code)));
        for row in &section.rows {
            let seats = (1..=row.seats).map(|number| domain::SeatName { row: row.code, number });
            lines.push(
                seats.map(|seat| if inventory.is_taken(section.code, seat) { 'x' } else { '.' }).collect(),
            );
        }
    }
    lines.extend((1..9).map(|number| inventory.seats_of(customer(number)).to_string()));
    lines
}

proptest! {
    #[test]
    fn held_and_sold_never_exceed_what_there_is(steps in prop::collection::vec(a_step(), 1..40)) {
        let layout = Layout::new(&draft());
        let mut inventory = Inventory::default();
        for step in &steps {
            take(&mut inventory, &layout, step);
            for section in layout.sections() {
                let counts = inventory.counts(section.code);
                prop_assert!(counts.held + counts.sold <= section.capacity);
                let seats = section.rows.iter().flat_map(|row| (1..=row.seats).map(|n| (row.code, n)));
                let taken = seats.filter(|&(row, number)| {
                    inventory.is_taken(section.code, domain::SeatName { row, number })
                });
                prop_assert!(!section.is_numbered() || taken.count() as u32 == counts.held + counts.sold);
            }
        }
    }

    #[test]
    fn a_release_restores_exactly_what_was_there(
        steps in prop::collection::vec(a_step(), 0..20),
        items in prop::collection::vec(an_item(), 1..3),
        sold in any::<bool>(),
    ) {
        let layout = Layout::new(&draft());
        let mut inventory = Inventory::default();
        for step in &steps {
            take(&mut inventory, &layout, step);
        }
        let before = observed(&inventory, &layout);
        take(&mut inventory, &layout, &Step::Reserve(100, items));
        if sold {
            take(&mut inventory, &layout, &Step::Commit(100));
        }
        take(&mut inventory, &layout, &Step::Release(100));
        prop_assert_eq!(observed(&inventory, &layout), before);
    }

    #[test]
    fn what_it_keeps_to_be_quick_never_changes_what_it_decides(steps in prop::collection::vec(a_step(), 1..30)) {
        let layout = Layout::new(&draft());
        let mut kept = Inventory::default();
        for step in &steps {
            // Read from a snapshot, an inventory has none of it.
            let mut fresh: Inventory = serde_json::from_str(&serde_json::to_string(&kept).unwrap()).unwrap();
            take(&mut fresh, &layout, step);
            take(&mut kept, &layout, step);
            prop_assert_eq!(observed(&fresh, &layout), observed(&kept, &layout));
        }
    }
}
