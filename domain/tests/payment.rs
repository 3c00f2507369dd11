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
        tax: 190,
    }
}

fn requested() -> PaymentEvent {
    PaymentEvent::PaymentRequested(request())
}

fn endings() -> [PaymentEvent; 5] {
    [
        PaymentEvent::PaymentSucceeded { reference: None },
        PaymentEvent::PaymentFailed { reason: "declined".into() },
        PaymentEvent::PaymentCancelled {},
        PaymentEvent::PaymentRefundRequested { reason: "asked".into() },
        PaymentEvent::PaymentRefunded { reference: None },
    ]
}

fn commands() -> [PaymentCommand; 7] {
    [
        PaymentCommand::Request(request()),
        PaymentCommand::Succeed { reference: None },
        PaymentCommand::Fail { reason: "declined".into() },
        PaymentCommand::Cancel,
        PaymentCommand::SucceedLate { reference: None },
        PaymentCommand::RequestRefund { reason: "asked".into() },
        PaymentCommand::Refund { reference: None },
    ]
}

#[test]
fn a_pending_payment_succeeds_fails_or_is_cancelled() {
    for (command, event) in commands().into_iter().skip(1).take(3).zip(endings()) {
        given::<Payment>([requested()]).when(command).then([event]);
    }
}

#[test]
fn a_settled_payment_stays_as_it_was_settled() {
    let refusal = PaymentRefusal::NotPending { current_status: PaymentStatus::Failed };
    let [_, failed, ..] = endings();
    given::<Payment>([requested(), failed])
        .when(PaymentCommand::Succeed { reference: None })
        .then_refused(refusal);
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

#[test]
fn money_that_comes_late_is_never_overlooked() {
    let [succeeded, failed, cancelled, refund, refunded] = endings();
    let late = || PaymentCommand::SucceedLate { reference: Some("pi_1".into()) };
    for ended in [failed, cancelled] {
        let came = PaymentEvent::PaymentSucceeded { reference: Some("pi_1".into()) };
        given::<Payment>([requested(), ended]).when(late()).then([came]);
    }
    for known in
        [vec![succeeded.clone()], vec![succeeded.clone(), refund.clone()], vec![succeeded, refund, refunded]]
    {
        let history = [vec![requested()], known].concat();
        given::<Payment>(history).when(late()).then_nothing();
    }
    given::<Payment>([requested()]).when(late()).then_refused(PaymentRefusal::StillPending);
}

#[test]
fn only_money_that_came_goes_back_and_only_once() {
    let [succeeded, failed, cancelled, refund, refunded] = endings();
    let ask = || PaymentCommand::RequestRefund { reason: "asked".into() };
    let pay = || PaymentCommand::Refund { reference: None };
    given::<Payment>([requested(), succeeded.clone()]).when(ask()).then([refund.clone()]);
    given::<Payment>([requested(), succeeded.clone(), refund.clone()]).when(pay()).then([refunded]);
    for (ended, current_status) in [(failed, PaymentStatus::Failed), (cancelled, PaymentStatus::Cancelled)] {
        let no = PaymentRefusal::NotPending { current_status };
        given::<Payment>([requested(), ended.clone()]).when(ask()).then_refused(no.clone());
        given::<Payment>([requested(), ended]).when(pay()).then_refused(no);
    }
    let unasked = PaymentRefusal::NotPending { current_status: PaymentStatus::Succeeded };
    given::<Payment>([requested(), succeeded]).when(pay()).then_refused(unasked);
}
