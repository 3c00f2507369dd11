//! What callers may ask, and what follows for all aggregates together.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::cast_possible_truncation,
    missing_docs
)]

mod support;

use domain::{
    OrderStatus, Payment, PaymentMethod, PaymentStatus, Refusal, SeatRef, Seating, Show, ShowStatus,
    TicketStatus,
    operations::{
        Actor, ApprovePayment, CancelOrder, CloseShow, ExpireHold, HoldOutcome, PlaceOrder, PublishShow,
        RejectPayment, ReviseShow, ScheduleShow,
    },
};
use support::{
    customer, draft, draft_of, minutes, noon, order_id, organizer, payment_id, quantity, rows, seats,
    section, show_id, world::World,
};

fn by_customer(number: u128) -> CancelOrder {
    CancelOrder { order: order_id(number), by: Actor { user: customer(number), operator: false } }
}

fn approve(number: u128) -> ApprovePayment {
    ApprovePayment { payment: payment_id(number) }
}

fn reject(number: u128, reason: Option<&str>) -> RejectPayment {
    RejectPayment { payment: payment_id(number), reason: reason.map(str::to_owned) }
}

fn expire(number: u128) -> ExpireHold {
    ExpireHold { order: order_id(number) }
}

fn counts(world: &World, section: &str) -> (u32, u32) {
    let counts = world.inventory().counts(section.parse().unwrap());
    (counts.held, counts.sold)
}

fn invalid(answer: Result<impl std::fmt::Debug, Refusal>) -> Vec<String> {
    let Err(Refusal::Invalid { errors }) = answer else { panic!("{answer:?}") };
    errors.into_iter().map(|(pointer, _)| pointer).collect()
}

#[test]
fn an_order_holds_its_seats_and_asks_for_the_money() {
    let mut world = World::selling(draft());
    let order = world.order(1, &[quantity("stalls", 2), quantity("floor", 1)]).unwrap();
    assert_eq!(order.status, OrderStatus::Pending);
    let named: Vec<String> = order.lines.iter().filter_map(|line| Some(line.seat?.to_string())).collect();
    assert_eq!(named, ["A-3", "A-4"]);
    // 19 % of 6100 is 1159.
    assert_eq!((order.subtotal, order.tax, order.total), (6_100, 1_159, 7_259));
    assert_eq!((order.created_at, order.held_until), (noon(), noon() + minutes(15)));
    assert_eq!(world.types()[2..], ["SeatsReserved", "OrderPlaced", "PaymentRequested"]);
    let payment: Payment = world.state(payment_id(1));
    assert_eq!(
        (payment.status(), payment.requested().unwrap().amount),
        (Some(PaymentStatus::Pending), 7_259)
    );
}

#[test]
fn an_approved_payment_confirms_sells_and_issues_a_ticket_for_each_seat_together() {
    let mut world = World::selling(draft());
    world.order(1, &[quantity("stalls", 2)]).unwrap();
    let payment = world.run(&approve(1)).unwrap();
    assert_eq!((payment.status, payment.order_id), (PaymentStatus::Succeeded, order_id(1)));
    let expected = ["PaymentSucceeded", "SeatsCommitted", "OrderConfirmed", "TicketIssued", "TicketIssued"];
    assert_eq!(world.types()[5..], expected);
    assert_eq!(counts(&world, "stalls"), (0, 2));
    let domain::Order::Confirmed { tickets, placed } = world.order_state(1) else { panic!() };
    for (code, line) in tickets.iter().zip(&placed.lines) {
        let ticket: domain::Ticket = world.state(*code);
        assert_eq!(ticket.status(), Some(TicketStatus::Issued));
        assert_eq!(ticket.issued().unwrap().seat, line.seat);
    }
}

#[test]
fn everything_around_an_order_shares_its_id() {
    let mut world = World::selling(draft());
    for number in 1..=4 {
        world.order(number, &[quantity("floor", 1)]).unwrap();
        assert_eq!(world.correlation, Some(order_id(number).uuid()));
    }
    world.run(&approve(1)).unwrap();
    assert_eq!(world.correlation, Some(order_id(1).uuid()));
    world.run(&reject(2, None)).unwrap();
    assert_eq!(world.correlation, Some(order_id(2).uuid()));
    world.run(&by_customer(3)).unwrap();
    assert_eq!(world.correlation, Some(order_id(3).uuid()));
    world.now += minutes(15);
    world.run(&expire(4)).unwrap();
    assert_eq!(world.correlation, Some(order_id(4).uuid()));
}

#[test]
fn a_rejected_payment_fails_the_order_with_its_reason_and_frees_its_seats() {
    let mut world = World::selling(draft());
    for (number, given, recorded) in [(1, None, "rejected"), (2, Some("no transfer"), "no transfer")] {
        world.order(number, &[quantity("stalls", 3)]).unwrap();
        let payment = world.run(&reject(number, given)).unwrap();
        assert_eq!((payment.status, payment.reason.as_deref()), (PaymentStatus::Failed, Some(recorded)));
        let order = world.order_state(number);
        assert_eq!((order.status(), order.reason()), (Some(OrderStatus::Failed), Some(recorded)));
        assert_eq!(counts(&world, "stalls"), (0, 0));
    }
    assert_eq!(invalid(world.run(&reject(1, Some("\u{0}")))), ["/reason"]);
}

#[test]
fn a_cancelled_order_frees_its_seats_and_cancels_its_payment() {
    let mut world = World::selling(draft());
    world.order(1, &[quantity("floor", 5)]).unwrap();
    assert_eq!(world.run(&by_customer(1)).unwrap().status, OrderStatus::Cancelled);
    assert_eq!(world.types()[5..], ["OrderCancelled", "SeatsReleased", "PaymentCancelled"]);
    assert!(world.order(2, &[quantity("floor", 5)]).is_ok());
}

#[test]
fn only_its_customer_and_operators_see_an_order() {
    let mut world = World::selling(draft());
    world.order(1, &[quantity("floor", 1)]).unwrap();
    let stranger = CancelOrder { by: Actor { user: customer(2), operator: false }, ..by_customer(1) };
    assert_eq!(world.run(&stranger), Err(Refusal::NotFound));
    assert_eq!(world.run(&by_customer(9)), Err(Refusal::NotFound));
    let operator = CancelOrder { by: Actor { user: customer(2), operator: true }, ..by_customer(1) };
    assert!(world.run(&operator).is_ok());
}

#[test]
fn a_hold_expires_when_its_time_is_up_and_not_before() {
    let mut world = World::selling(draft());
    world.order(1, &[quantity("floor", 5)]).unwrap();
    let until = noon() + minutes(15);
    assert_eq!(world.run(&expire(1)), Err(Refusal::HoldNotEnded { until }));
    world.now = until;
    assert_eq!(world.run(&expire(1)), Ok(HoldOutcome::Expired));
    assert_eq!(world.types()[5..], ["OrderExpired", "SeatsReleased", "PaymentCancelled"]);
    assert_eq!(world.run(&expire(1)), Ok(HoldOutcome::AlreadySettled));
    assert_eq!(world.run(&expire(9)), Err(Refusal::NotFound));
}

#[test]
fn a_confirmed_order_does_not_expire() {
    let mut world = World::selling(draft());
    world.order(1, &[quantity("floor", 1)]).unwrap();
    world.approve(1);
    world.now += minutes(60);
    assert_eq!(world.run(&expire(1)), Ok(HoldOutcome::AlreadySettled));
    assert_eq!(counts(&world, "floor"), (0, 1));
}

#[test]
fn a_payment_is_not_approved_once_the_hold_has_ended_even_before_it_expired() {
    let mut world = World::selling(draft());
    world.order(1, &[quantity("floor", 1)]).unwrap();
    world.now += minutes(15);
    let cancelled = Refusal::PaymentNotPending { current_status: PaymentStatus::Cancelled };
    assert_eq!(world.run(&approve(1)), Err(cancelled.clone()));
    world.run(&expire(1)).unwrap();
    assert_eq!(world.run(&approve(1)), Err(cancelled));
}

#[test]
fn what_is_settled_is_not_settled_again() {
    let mut world = World::selling(draft());
    world.order(1, &[quantity("floor", 1)]).unwrap();
    world.approve(1);
    let succeeded = Refusal::PaymentNotPending { current_status: PaymentStatus::Succeeded };
    assert_eq!(world.run(&approve(1)), Err(succeeded.clone()));
    assert_eq!(world.run(&reject(1, None)), Err(succeeded));
    let confirmed = Refusal::OrderNotPending { current_status: OrderStatus::Confirmed };
    assert_eq!(world.run(&by_customer(1)), Err(confirmed));
    world.order(2, &[quantity("floor", 1)]).unwrap();
    world.run(&by_customer(2)).unwrap();
    let cancelled = Refusal::OrderNotPending { current_status: OrderStatus::Cancelled };
    assert_eq!(world.run(&by_customer(2)), Err(cancelled));
}

#[test]
fn an_order_that_costs_nothing_is_confirmed_at_once() {
    let mut world = World::selling(draft_of(vec![section("free", 0, Seating::Quantity { capacity: 2 })]));
    let order = world.order(1, &[quantity("free", 2)]).unwrap();
    assert_eq!((order.status, order.total), (OrderStatus::Confirmed, 0));
    assert_eq!(counts(&world, "free"), (0, 2));
    let payment: Payment = world.state(payment_id(1));
    assert_eq!(payment.status(), Some(PaymentStatus::Succeeded));
}

#[test]
fn a_card_is_taken_only_where_somebody_takes_cards() {
    let mut world = World::selling(draft());
    let order = |takes_cards| PlaceOrder {
        order: order_id(1),
        payment: payment_id(1),
        customer: customer(1),
        show: show_id(),
        method: PaymentMethod::Card,
        items: vec![quantity("floor", 1)],
        takes_cards,
    };
    assert_eq!(world.run(&order(false)), Err(Refusal::PaymentMethodUnavailable));
    assert_eq!(world.run(&order(true)).unwrap().status, OrderStatus::Pending);
}

#[test]
fn a_total_beyond_what_an_amount_can_hold_is_refused() {
    let dear = section("dear", i64::MAX, Seating::Quantity { capacity: 2 });
    let mut world = World::selling(draft_of(vec![dear]));
    assert_eq!(invalid(world.order(1, &[quantity("dear", 1)])), ["/items"]);
    assert_eq!(counts(&world, "dear"), (0, 0));
}

#[test]
fn every_broken_rule_of_an_order_is_pointed_at() {
    let stalls = section("stalls", 1, rows(&[("A", 6), ("B", 4)]));
    let circle = section("circle", 1, rows(&[("A", 30), ("C", 4)]));
    let floor = section("floor", 1, Seating::Quantity { capacity: 50 });
    let mut world = World::selling(draft_of(vec![stalls, circle, floor]));
    let unnamed = domain::OrderItem { section: None, ..quantity("floor", 1) };
    let cases = [
        (vec![], vec!["/items"]),
        (vec![quantity("pit", 1)], vec!["/items/0/section"]),
        (vec![unnamed], vec!["/items/0/section"]),
        (vec![quantity("floor", 0)], vec!["/items/0/quantity"]),
        (vec![quantity("floor", 1), quantity("floor", 21)], vec!["/items/1/quantity", "/items"]),
        (vec![quantity("floor", 20), seats(None, &["B-1"])], vec!["/items"]),
        (vec![seats(None, &[])], vec!["/items/0/seats"]),
        (
            vec![seats(None, &["B-1", "B-5", "Z-1", "B1"])],
            vec!["/items/0/seats/1", "/items/0/seats/2", "/items/0/seats/3"],
        ),
        (vec![seats(Some("floor"), &["A-1"])], vec!["/items/0/seats/0"]),
        (vec![seats(None, &["A-1"])], vec!["/items/0/section"]),
        (vec![seats(None, &["B-1", "B-1"])], vec!["/items/0/seats/1"]),
        (vec![seats(Some("stalls"), &["B-1"]), seats(None, &["C-1", "B-1"])], vec!["/items/1/seats/1"]),
    ];
    for (items, pointers) in cases {
        assert_eq!(invalid(world.order(1, &items)), pointers, "{items:?}");
    }
    assert!(world.order(1, &[seats(Some("stalls"), &["A-1"]), seats(Some("circle"), &["A-1"])]).is_ok());
}

#[test]
fn a_request_of_any_size_gets_an_answer_of_bounded_size() {
    let mut world = World::selling(draft());
    assert_eq!(invalid(world.order(1, &vec![quantity("floor", 0); 10_000])).len(), 100);
    let many = vec!["A-1"; 10_000];
    assert_eq!(invalid(world.order(1, &[seats(None, &many)])), ["/items"]);
}

#[test]
fn a_show_that_is_not_on_sale_takes_no_orders() {
    let selling = domain::ShowDraft { sales_start_at: Some(noon() + minutes(1)), ..draft() };
    let mut world = World::empty();
    let (show, organizer) = (show_id(), organizer());
    world.run(&ScheduleShow { show, organizer, draft: selling }).unwrap();
    let wanted = [quantity("floor", 1)];
    assert_eq!(world.order(1, &wanted), Err(Refusal::NotFound));
    world.run(&PublishShow { show, organizer }).unwrap();
    assert_eq!(world.order(1, &wanted), Err(Refusal::ShowNotOnSale));
    world.now += minutes(1);
    assert!(world.order(1, &wanted).is_ok());
    world.run(&CloseShow { show, organizer }).unwrap();
    assert_eq!(world.order(2, &wanted), Err(Refusal::ShowNotOnSale));
    // What is pending may finish.
    assert!(world.run(&approve(1)).is_ok());
}

#[test]
fn a_show_is_its_organizers_alone() {
    let mut world = World::selling(draft());
    let (show, organizer) = (show_id(), customer(1));
    assert_eq!(world.run(&CloseShow { show, organizer }), Err(Refusal::NotFound));
    assert_eq!(world.run(&PublishShow { show, organizer }), Err(Refusal::NotFound));
    let revise = ReviseShow { show, organizer, expected_version: 2, draft: draft() };
    assert_eq!(world.run(&revise), Err(Refusal::NotFound));
}

#[test]
fn a_revision_of_an_older_version_is_refused() {
    let mut world = World::selling(draft());
    let (show, organizer) = (show_id(), organizer());
    let revise = |expected_version, title: &str| ReviseShow {
        show,
        organizer,
        expected_version,
        draft: domain::ShowDraft { title: title.to_owned(), ..draft() },
    };
    let revised = world.run(&revise(2, "As You Like It")).unwrap();
    assert_eq!((revised.version, revised.status), (3, ShowStatus::OnSale));
    assert_eq!(world.run(&revise(2, "Hamlet")), Err(Refusal::VersionMismatch { current: 3 }));
    assert_eq!(world.state::<Show>(show).details().unwrap().draft.title, "As You Like It");
}

#[test]
fn more_capacity_is_on_sale_at_once() {
    let mut world = World::selling(draft());
    world.order(1, &[quantity("floor", 5)]).unwrap();
    let mut larger = draft();
    larger.sections[0].seating = Seating::Quantity { capacity: 6 };
    let (show, organizer) = (show_id(), organizer());
    world.run(&ReviseShow { show, organizer, expected_version: 2, draft: larger }).unwrap();
    assert_eq!(world.order(2, &[quantity("floor", 2)]), Err(Refusal::NotEnoughAvailable { available: 1 }));
    assert!(world.order(2, &[quantity("floor", 1)]).is_ok());
}

#[test]
fn a_customers_limit_counts_all_orders_of_the_show() {
    let mut world = World::selling(domain::ShowDraft { max_per_customer: Some(3), ..draft() });
    world.order_as(1, 1, &[quantity("floor", 2)]).unwrap();
    world.approve(1);
    let too_many = world.order_as(1, 2, &[quantity("floor", 2)]);
    assert_eq!(too_many, Err(Refusal::CustomerLimit { limit: 3 }));
    assert!(world.order_as(2, 3, &[quantity("floor", 2)]).is_ok());
    assert!(world.order_as(1, 4, &[quantity("floor", 1)]).is_ok());
}

#[test]
fn a_seat_is_sold_once() {
    let mut world = World::selling(draft());
    world.order(1, &[seats(None, &["A-1", "A-2"])]).unwrap();
    let taken = SeatRef { section: "stalls".parse().unwrap(), seat: Some("A-2".parse().unwrap()) };
    let second = world.order(2, &[seats(None, &["A-2", "A-3"])]);
    assert_eq!(second, Err(Refusal::SeatsTaken { seats: vec![taken] }));
}

#[test]
fn an_event_that_the_log_could_not_take_is_refused() {
    let many: Vec<(String, u32)> = (0..4_900).map(|row| (format!("row{row:05}longcode"), 1)).collect();
    let many: Vec<(&str, u32)> = many.iter().map(|(row, seats)| (row.as_str(), *seats)).collect();
    let sections = (0..2).map(|index| section(&format!("s{index}"), 1, rows(&many))).collect();
    let mut world = World::empty();
    let schedule = ScheduleShow { show: show_id(), organizer: organizer(), draft: draft_of(sections) };
    assert_eq!(world.run(&schedule), Err(Refusal::EventTooLarge));
    assert!(world.log.is_empty());
}
