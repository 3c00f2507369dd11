//! Whatever is asked in whatever order: seats, orders, payments and tickets agree, and the log tells the whole story.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::cast_possible_truncation,
    missing_docs
)]

mod support;

use std::collections::{HashMap, HashSet};

use domain::{
    DomainEvent, Operation, Order, OrderItem, OrderStatus, Payment, PaymentStatus, Refusal, SeatRef, Seating,
    Show, TicketEvent,
    operations::{
        Actor, ApprovePayment, CancelOrder, CloseShow, ExpireHold, PublishShow, RejectPayment, ReviseShow,
    },
};
use proptest::prelude::*;
use support::{
    apart, customer, draft, minutes, order_id, organizer, payment_id, quantity, seats, show_id, world::World,
};

/// Orders that may come to be in one run.
const ORDERS: u128 = 12;

#[derive(Debug, Clone)]
enum Step {
    Place(u128, Vec<OrderItem>),
    Approve(u128),
    Reject(u128),
    Cancel(u128),
    Expire(u128),
    Wait(i64),
    Close,
    Publish,
    Grow(u32),
}

fn an_item() -> impl Strategy<Value = OrderItem> {
    let seat = ("[AB]", 1..=6u32).prop_map(|(row, number)| format!("{row}-{number}"));
    prop_oneof![
        (1..=4u32).prop_map(|count| quantity("floor", count)),
        (1..=5u32).prop_map(|count| quantity("stalls", count)),
        (1..=5u32).prop_map(|count| apart("stalls", count)),
        prop::collection::vec(seat, 1..3)
            .prop_map(|names| seats(None, &names.iter().map(String::as_str).collect::<Vec<_>>())),
    ]
}

fn a_step() -> impl Strategy<Value = Step> {
    let number = || 1..=ORDERS;
    prop_oneof![
        6 => prop::collection::vec(an_item(), 1..3).prop_map(|items| Step::Place(0, items)),
        3 => number().prop_map(Step::Approve),
        2 => number().prop_map(Step::Reject),
        2 => number().prop_map(Step::Cancel),
        2 => number().prop_map(Step::Expire),
        2 => (1..10i64).prop_map(Step::Wait),
        1 => Just(Step::Close),
        2 => Just(Step::Publish),
        1 => (1..4u32).prop_map(Step::Grow),
    ]
}

/// Runs it, and at once again: the second time it adds nothing or is refused.
fn twice<O: Operation>(world: &mut World, operation: &O) {
    refused_without_a_trace(world, operation);
    let after_first = world.log.len();
    refused_without_a_trace(world, operation);
    assert_eq!(world.log.len(), after_first, "the second time added events");
}

fn refused_without_a_trace<O: Operation>(world: &mut World, operation: &O) {
    let before = world.log.len();
    match world.run(operation) {
        Ok(_) => {}
        Err(refusal) => {
            assert!(!matches!(refusal, Refusal::StreamNotLoaded(_)), "{refusal}");
            assert_eq!(world.log.len(), before);
        }
    }
}

fn take(world: &mut World, step: &Step) {
    let (show, organizer) = (show_id(), organizer());
    match step {
        Step::Place(number, items) => {
            // Three customers, so that some have several orders.
            let placed = world.order_as(number % 3, *number, items);
            assert!(!matches!(placed, Err(Refusal::StreamNotLoaded(_))));
        }
        Step::Approve(number) => twice(world, &ApprovePayment { payment: payment_id(*number) }),
        Step::Reject(number) => twice(world, &RejectPayment { payment: payment_id(*number), reason: None }),
        Step::Cancel(number) => {
            let by = Actor { user: customer(number % 3), operator: false };
            twice(world, &CancelOrder { order: order_id(*number), by });
        }
        Step::Expire(number) => twice(world, &ExpireHold { order: order_id(*number) }),
        Step::Wait(count) => world.now += minutes(*count),
        Step::Close => twice(world, &CloseShow { show, organizer }),
        Step::Publish => twice(world, &PublishShow { show, organizer }),
        Step::Grow(count) => {
            let expected_version =
                world.log.iter().filter(|event| event.event_type.starts_with("Show")).count() as u64;
            let mut draft = world.state::<Show>(show).details().unwrap().draft.clone();
            if let Seating::Quantity { capacity } = &mut draft.sections[0].seating {
                *capacity += count;
            }
            twice(world, &ReviseShow { show, organizer, expected_version, draft });
        }
    }
}

fn orders(world: &World) -> Vec<(Order, Payment)> {
    (1..=ORDERS)
        .map(|number| (world.order_state(number), world.state(payment_id(number))))
        .filter(|(order, _)| order.status().is_some())
        .collect()
}

/// The seats of the orders in one status.
fn seats_in(world: &World, status: OrderStatus) -> Vec<SeatRef> {
    let orders = orders(world).into_iter().map(|(order, _)| order);
    let lines = orders
        .filter(|order| order.status() == Some(status))
        .flat_map(|order| order.placed().unwrap().lines.clone());
    lines.map(|line| SeatRef { section: line.section, seat: line.seat }).collect()
}

fn seats_agree(world: &World) {
    let (held, sold) = (seats_in(world, OrderStatus::Pending), seats_in(world, OrderStatus::Confirmed));
    let inventory = world.inventory();
    for section in world.state::<Show>(show_id()).details().unwrap().layout.sections() {
        let of = |seats: &[SeatRef]| seats.iter().filter(|seat| seat.section == section.code).count() as u32;
        let counts = inventory.counts(section.code);
        assert_eq!((counts.held, counts.sold), (of(&held), of(&sold)));
        assert!(counts.held + counts.sold <= section.capacity);
    }
    let mut unique = HashSet::new();
    for seat in held.iter().chain(&sold).filter_map(|seat| seat.seat.map(|name| (seat.section, name))) {
        assert!(unique.insert(seat), "{seat:?} has two orders");
        assert!(inventory.is_taken(seat.0, seat.1));
    }
}

fn money_agrees(world: &World) {
    for (order, payment) in orders(world) {
        let expected = match order.status().unwrap() {
            OrderStatus::Pending => PaymentStatus::Pending,
            OrderStatus::Confirmed => PaymentStatus::Succeeded,
            OrderStatus::Failed => PaymentStatus::Failed,
            OrderStatus::Cancelled | OrderStatus::Expired => PaymentStatus::Cancelled,
            OrderStatus::Refunded => PaymentStatus::Refunded,
        };
        assert_eq!(payment.status(), Some(expected));
        let placed = order.placed().unwrap();
        assert_eq!(placed.lines.iter().map(|line| line.price).sum::<i64>(), placed.subtotal);
        assert_eq!(placed.subtotal + placed.tax, placed.total);
        assert_eq!(payment.requested().unwrap().amount, placed.total);
    }
}

fn tickets_agree(world: &World) {
    let mut issued: HashMap<_, Vec<SeatRef>> = HashMap::new();
    for event in world.events() {
        if let DomainEvent::Ticket(_, TicketEvent::TicketIssued(ticket)) = event {
            issued
                .entry(ticket.order)
                .or_default()
                .push(SeatRef { section: ticket.section, seat: ticket.seat });
        }
    }
    let tickets: usize = issued.values().map(Vec::len).sum();
    assert_eq!(tickets, seats_in(world, OrderStatus::Confirmed).len());
    for number in 1..=ORDERS {
        if let Order::Confirmed { placed, tickets } = world.order_state(number) {
            let lines = placed.lines.iter().map(|line| SeatRef { section: line.section, seat: line.seat });
            assert_eq!(issued[&order_id(number)], lines.collect::<Vec<_>>());
            assert_eq!(tickets.len(), placed.lines.len());
        }
    }
}

proptest! {
    #[test]
    fn everything_agrees_after_every_operation(mut steps in prop::collection::vec(a_step(), 1..60)) {
        let mut world = World::selling(draft());
        let mut placed = 0;
        for step in &mut steps {
            if let Step::Place(number, _) = step {
                if placed == ORDERS {
                    continue;
                }
                placed += 1;
                *number = placed;
            }
            take(&mut world, step);
            seats_agree(&world);
            money_agrees(&world);
        }
        tickets_agree(&world);
        let (folded, kept) = world.folded_and_kept();
        prop_assert_eq!(folded, kept);
    }
}
