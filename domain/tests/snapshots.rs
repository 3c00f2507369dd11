//! A state that is stored and read again is the state it was.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::cast_possible_truncation,
    missing_docs
)]

mod support;

use domain::{
    Aggregate, Category, Inventory, Order, Payment, Show, State, Ticket,
    operations::{Actor, CancelOrder, RejectPayment},
};
use support::{customer, draft, order_id, payment_id, quantity, seats, show_id, world::World};

fn stored_and_read<A: Aggregate + Clone>(state: &State) -> (String, A) {
    let text = serde_json::to_string(state).unwrap();
    let read: State = serde_json::from_str(&text).unwrap();
    assert_eq!(serde_json::to_string(&read).unwrap(), text);
    (text, A::from_state(&read).unwrap().clone())
}

fn busy_world() -> World {
    let mut world = World::selling(draft());
    for number in 1..=4 {
        world.order(number, &[quantity("floor", 1), quantity("stalls", 2)]).unwrap();
    }
    world.approve(1);
    world.run(&RejectPayment { payment: payment_id(2), reason: None }).unwrap();
    let by = Actor { user: customer(3), operator: false };
    world.run(&CancelOrder { order: order_id(3), by }).unwrap();
    world
}

#[test]
fn every_state_of_an_order_and_its_payment_comes_back() {
    let world = busy_world();
    for number in 1..=5 {
        let order = world.order_state(number);
        assert_eq!(stored_and_read::<Order>(&State::Order(order.clone())).1, order);
        let payment: Payment = world.state(payment_id(number));
        assert_eq!(stored_and_read::<Payment>(&State::Payment(payment.clone())).1, payment);
    }
}

#[test]
fn a_ticket_comes_back() {
    let Order::Confirmed { tickets, .. } = busy_world().order_state(1) else { panic!() };
    let ticket: Ticket = busy_world().state(tickets[0]);
    assert_eq!(stored_and_read::<Ticket>(&State::Ticket(ticket.clone())).1, ticket);
}

#[test]
fn a_show_comes_back_with_the_layout_that_follows_from_it() {
    let show: Show = busy_world().state(show_id());
    let (text, read) = stored_and_read::<Show>(&State::Show(show.clone()));
    assert_eq!(read, show);
    assert!(!text.contains("layout"));
}

#[test]
fn an_inventory_comes_back_seat_for_seat() {
    let inventory = busy_world().inventory();
    let (_, read) = stored_and_read::<Inventory>(&State::Inventory(inventory.clone()));
    for section in ["floor", "stalls"].map(|code| code.parse().unwrap()) {
        assert_eq!(read.counts(section), inventory.counts(section));
    }
    for seat in (1..=6).flat_map(|number| [format!("A-{number}"), format!("B-{number}")]) {
        let (section, seat) = ("stalls".parse().unwrap(), seat.parse().unwrap());
        assert_eq!(read.is_taken(section, seat), inventory.is_taken(section, seat));
    }
    for number in 1..=4 {
        assert_eq!(read.holding(order_id(number)), inventory.holding(order_id(number)));
        assert_eq!(read.seats_of(customer(number)), inventory.seats_of(customer(number)));
    }
}

#[test]
fn a_state_weighs_more_the_more_it_holds() {
    let (small, large) = (World::selling(draft()), {
        let mut world = World::selling(draft());
        world.order(1, &[seats(None, &["A-1"])]).unwrap();
        world
    });
    let weight = |world: &World| State::Inventory(world.inventory()).weight();
    assert!(weight(&small) < weight(&large));
    for category in Category::ALL {
        assert!(State::empty(category).weight() > 0);
    }
}
