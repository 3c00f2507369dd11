//! Negative controls: tests that watch over money fail when a guard is switched off.

use faultpoint::{Sabotage, control::turns_red};

#[test]
fn a_success_that_is_recorded_again_is_found() {
    let test = "money::charging::an_approved_charge_confirms_its_order_once_by_answer_and_by_webhook";
    let found = turns_red(test, Sabotage::SettleAgain).unwrap();
    assert!(found.contains("\"OrderConfirmed\", \"PaymentSucceeded\", \"OrderConfirmed\"]"), "{found}");
}

#[test]
fn a_late_failure_that_overrules_a_success_is_found() {
    let test = "money::charging::a_failure_that_is_told_after_the_success_changes_nothing";
    let found = turns_red(test, Sabotage::SettleAgain).unwrap();
    assert!(found.contains("\"PaymentFailed\", \"OrderFailed\"]"), "{found}");
}

#[test]
fn a_refund_that_is_paid_out_again_is_found() {
    let test = "money::refunds::a_wallet_gets_its_money_back_once_however_often_that_is_said";
    let found = turns_red(test, Sabotage::RefundAgain).unwrap();
    assert!(found.contains("paid back twice"), "{found}");
}

#[test]
fn a_hold_that_is_not_looked_at_when_money_comes_is_found() {
    let test = "money::late::a_payment_that_comes_when_its_hold_has_ended_ends_the_hold_first";
    let found = turns_red(test, Sabotage::OverlookHolds).unwrap();
    assert!(found.contains("\"PaymentRequested\", \"PaymentSucceeded\", \"OrderConfirmed\"]"), "{found}");
}

#[test]
fn late_money_that_is_overlooked_is_found() {
    let test = "money::late::a_payment_that_is_cancelled_while_it_is_charged_is_paid_back";
    let found = turns_red(test, Sabotage::OverlookLateMoney).unwrap();
    assert!(found.contains("\"OrderCancelled\", \"PaymentCancelled\"]"), "{found}");
}

#[test]
fn a_late_order_without_seats_is_found() {
    let test = "money::late::a_late_payment_takes_the_seats_again_and_nobody_else_gets_them";
    let found = turns_red(test, Sabotage::LateWithoutSeats).unwrap();
    assert!(found.contains("the seat has two owners"), "{found}");
}

#[test]
fn a_charge_under_another_key_is_found() {
    let test = "money::takeover::whoever_dies_between_the_provider_s_answer_and_the_record_charges_once";
    let found = turns_red(test, Sabotage::NewKeyEachTime).unwrap();
    assert!(found.contains("left: (4400, 0)"), "{found}");
}

#[test]
fn a_refund_that_was_not_looked_for_is_found() {
    let test =
        "money::refunds::a_refund_that_nobody_heard_of_for_longer_than_keys_are_known_is_looked_for_first";
    let found = turns_red(test, Sabotage::RefundWithoutLooking).unwrap();
    assert!(found.contains("\"PaymentRefundRequested\"]: "), "{found}");
}

#[test]
fn a_refund_that_failed_and_is_asked_for_as_before_is_found() {
    let test = "money::refunds::a_refund_that_fails_at_the_bank_is_made_anew_and_paid_once";
    let found = turns_red(test, Sabotage::SameRefundForEver).unwrap();
    assert!(found.contains("\"PaymentRefundRequested\"]: "), "{found}");
}

#[test]
fn an_unknown_word_that_is_taken_for_success_is_found() {
    let test = "money::charging::what_the_customer_has_yet_to_do_is_no_success_and_is_called_off_in_the_end";
    let found = turns_red(test, Sabotage::UnknownIsSuccess).unwrap();
    assert!(found.contains("left: [\"OrderPlaced\", \"PaymentRequested\", \"PaymentSucceeded\""), "{found}");
}

#[test]
fn silence_that_is_taken_for_a_failure_is_found() {
    let test =
        "money::charging::silence_is_no_answer_and_what_was_charged_meanwhile_is_found_and_charged_once";
    let found = turns_red(test, Sabotage::SilenceIsFailure).unwrap();
    assert!(found.contains("in vain: it was waited for in vain"), "{found}");
}

#[test]
fn a_charge_that_nobody_wants_and_nobody_calls_off_is_found() {
    let test = "money::late::a_charge_whose_answer_is_lost_is_looked_for_when_its_order_is_cancelled";
    let found = turns_red(test, Sabotage::LeaveChargesAlone).unwrap();
    assert!(found.contains("\"OrderCancelled\", \"PaymentCancelled\"]"), "{found}");
}

#[test]
fn a_show_that_is_unwound_in_part_is_found() {
    let test = "money::cancellations::three_hundred_orders_of_a_cancelled_show_are_settled_across_two_kills";
    let found = turns_red(test, Sabotage::UnwindOnce).unwrap();
    assert!(found.contains("in vain: some are settled"), "{found}");
}
