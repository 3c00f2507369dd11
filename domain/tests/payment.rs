//! The rules of a payment.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::cast_possible_truncation,
    missing_docs
)]

mod support;

use domain::{
    Currency, Payment, PaymentEvent, PaymentMethod, PaymentRequest, PaymentStatus,
    payment::{PaymentCommand, PaymentRefusal},
};
use support::{
    customer, order_id, show_id,
    spec::{given, twice_adds_nothing},
};

fn request() -> PaymentRequest {
    PaymentRequest {
        order: order_id(1),
        show: show_id(),
        customer: customer(1),
        amount: 1_190,
        currency: Currency::GBP,
        method: PaymentMethod::Manual,
    }
}

fn requested() -> PaymentEvent {
    PaymentEvent::PaymentRequested(request())
}

fn endings() -> [PaymentEvent; 5] {
    [
        PaymentEvent::PaymentSucceeded {},
        PaymentEvent::PaymentFailed { reason: "declined".into() },
        PaymentEvent::PaymentCancelled {},
        PaymentEvent::PaymentRefundRequested { reason: "asked".into() },
        PaymentEvent::PaymentRefunded {},
    ]
}

fn commands() -> [PaymentCommand; 4] {
    [
        PaymentCommand::Request(request()),
        PaymentCommand::Succeed,
        PaymentCommand::Fail { reason: "declined".into() },
        PaymentCommand::Cancel,
    ]
}

#[test]
fn a_pending_payment_succeeds_fails_or_is_cancelled() {
    for (command, event) in commands().into_iter().skip(1).zip(endings()) {
        given::<Payment>([requested()]).when(command).then([event]);
    }
}

#[test]
fn a_settled_payment_stays_as_it_was_settled() {
    let refusal = PaymentRefusal::NotPending { current_status: PaymentStatus::Failed };
    let [_, failed, ..] = endings();
    given::<Payment>([requested(), failed]).when(PaymentCommand::Succeed).then_refused(refusal);
}

#[test]
fn a_payment_counts_as_succeeded_until_the_refund_is_paid_out() {
    let [succeeded, _, _, refund, refunded] = endings();
    let history = [requested(), succeeded, refund, refunded];
    let status = |events: usize| given::<Payment>(history[..events].to_vec()).state().status();
    assert_eq!([status(3), status(4)], [Some(PaymentStatus::Succeeded), Some(PaymentStatus::Refunded)]);
}

#[test]
fn what_was_not_requested_is_not_settled() {
    for command in commands().into_iter().skip(1) {
        given::<Payment>([]).when(command).then_refused(PaymentRefusal::NotRequested);
    }
}

#[test]
fn no_command_does_anything_twice() {
    let mut histories = vec![vec![], vec![requested()]];
    histories.extend(endings().map(|ending| vec![requested(), ending]));
    for history in histories {
        for command in commands() {
            twice_adds_nothing(given::<Payment>(history.clone()).state(), || command.clone());
        }
    }
}
