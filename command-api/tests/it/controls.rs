//! Negative controls: tests that watch a guard fail when it is switched off.

use faultpoint::{Sabotage, control::turns_red};

#[test]
fn messages_that_anybody_could_have_signed_are_found() {
    let test = "callbacks::a_callback_that_is_not_the_providers_or_not_of_now_is_not_believed";
    let found = turns_red(test, Sabotage::AnySignature).unwrap();
    assert!(found.contains("\"status\": String(\"succeeded\")"), "{found}");
}

#[test]
fn messages_from_long_ago_that_are_believed_are_found() {
    let test = "callbacks::a_callback_that_is_not_the_providers_or_not_of_now_is_not_believed";
    let found = turns_red(test, Sabotage::AnyTime).unwrap();
    assert!(found.contains("\"status\": String(\"succeeded\")"), "{found}");
}

#[test]
fn messages_that_are_forgotten_are_found() {
    let test = "callbacks::a_message_that_comes_again_is_answered_as_the_first_time";
    let found = turns_red(test, Sabotage::ForgetMessages).unwrap();
    assert!(found.contains("left"), "{found}");
}

#[test]
fn an_account_that_spends_more_than_it_has_is_found() {
    let test = "accounts::a_hundred_orders_of_1_on_a_balance_of_50_are_50_confirmed_and_50_failed";
    let found = turns_red(test, Sabotage::SpendWithoutFunds).unwrap();
    assert!(found.contains("100"), "{found}");
}

#[test]
fn a_ticket_that_lets_in_twice_is_found() {
    let test = "refunds::of_many_doors_one_lets_a_ticket_in";
    let found = turns_red(test, Sabotage::CheckInAgain).unwrap();
    assert!(found.contains("left: 20"), "{found}");
}
