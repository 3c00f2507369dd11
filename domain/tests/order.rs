//! The rules of an order.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::cast_possible_truncation,
    missing_docs
)]

mod support;

use domain::{
    Order, OrderEvent, OrderStatus, TicketCode,
    order::{OrderCommand, OrderRefusal},
};
use support::{
    minutes, noon, payment_id, placed,
    spec::{given, twice_adds_nothing},
};

fn was_placed() -> OrderEvent {
    OrderEvent::OrderPlaced(placed())
}

fn confirm_at(minute: i64) -> OrderCommand {
    let at = noon() + minutes(minute);
    OrderCommand::Confirm { payment: payment_id(1), tickets: vec![TicketCode::from_bits(1)], at }
}

fn confirmed() -> OrderEvent {
    OrderEvent::OrderConfirmed { payment: payment_id(1), tickets: vec![TicketCode::from_bits(1)] }
}

fn failed() -> OrderEvent {
    OrderEvent::OrderFailed { reason: "declined".into() }
}

fn not_pending(current_status: OrderStatus) -> OrderRefusal {
    OrderRefusal::NotPending { current_status }
}

#[test]
fn a_payment_within_the_hold_confirms_the_order() {
    given::<Order>([was_placed()]).when(confirm_at(14)).then([confirmed()]);
}

#[test]
fn a_payment_after_the_hold_ended_is_refused() {
    let until = noon() + minutes(15);
    given::<Order>([was_placed()]).when(confirm_at(15)).then_refused(OrderRefusal::HoldEnded(until));
}

#[test]
fn a_payment_that_is_reported_again_adds_nothing() {
    given::<Order>([was_placed(), confirmed()]).when(confirm_at(60)).then_nothing();
}

#[test]
fn another_payment_does_not_confirm_an_order_again() {
    let other = OrderCommand::Confirm { payment: payment_id(2), tickets: vec![], at: noon() };
    given::<Order>([was_placed(), confirmed()]).when(other).then_refused(not_pending(OrderStatus::Confirmed));
}

#[test]
fn a_hold_does_not_expire_before_its_time() {
    let at = noon() + minutes(14);
    let refusal = OrderRefusal::HoldNotEnded(noon() + minutes(15));
    given::<Order>([was_placed()]).when(OrderCommand::Expire { at }).then_refused(refusal);
}

#[test]
fn a_hold_expires_when_its_time_is_up() {
    let at = noon() + minutes(15);
    given::<Order>([was_placed()]).when(OrderCommand::Expire { at }).then([OrderEvent::OrderExpired {}]);
}

#[test]
fn a_confirmed_order_neither_expires_nor_fails_nor_is_cancelled() {
    let commands = [
        OrderCommand::Expire { at: noon() + minutes(60) },
        OrderCommand::Fail { reason: "declined".into() },
        OrderCommand::Cancel,
    ];
    for command in commands {
        let refusal = not_pending(OrderStatus::Confirmed);
        given::<Order>([was_placed(), confirmed()]).when(command).then_refused(refusal);
    }
}

#[test]
fn a_failed_order_says_why() {
    let order = given::<Order>([was_placed(), failed()]).state();
    assert_eq!((order.status(), order.reason()), (Some(OrderStatus::Failed), Some("declined")));
}

#[test]
fn an_order_that_was_never_placed_can_only_be_placed() {
    for command in [confirm_at(0), OrderCommand::Cancel, OrderCommand::Expire { at: noon() }] {
        given::<Order>([]).when(command).then_refused(OrderRefusal::NotPlaced);
    }
}

#[test]
fn no_command_does_anything_twice() {
    let endings = [
        confirmed(),
        failed(),
        OrderEvent::OrderCancelled {},
        OrderEvent::OrderExpired {},
        OrderEvent::OrderRefunded {},
    ];
    let mut histories = vec![vec![], vec![was_placed()]];
    histories.extend(endings.map(|ending| vec![was_placed(), ending]));
    let commands = [
        OrderCommand::Place(placed()),
        confirm_at(1),
        confirm_at(60),
        OrderCommand::Fail { reason: "declined".into() },
        OrderCommand::Cancel,
        OrderCommand::Expire { at: noon() + minutes(1) },
        OrderCommand::Expire { at: noon() + minutes(60) },
    ];
    for history in histories {
        for command in &commands {
            twice_adds_nothing(given::<Order>(history.clone()).state(), || command.clone());
        }
    }
}
