//! Negative controls: tests that watch a guard fail when it is switched off.

use faultpoint::{Sabotage, control::turns_red};

#[test]
fn a_relay_that_expects_no_sequence_is_found() {
    let test = "relaying::two_relays_at_once_add_nothing_even_when_both_believe_they_lead";
    let found = turns_red(test, Sabotage::RelayWithoutExpectedSequence).unwrap();
    assert!(found.contains("the stream grows"), "{found}");
}

#[test]
fn a_reconciliation_that_compares_nothing_is_found() {
    let test = "reconciling::messages_of_others_and_of_another_history_are_told_apart_from_gaps";
    let found = turns_red(test, Sabotage::RelayTrustsNumbers).unwrap();
    assert!(found.contains("left: (None, Some(Missing { count: 2"), "{found}");
}

#[test]
fn a_relay_that_compares_nothing_is_found() {
    let test = "accidents::a_foreign_message_stops_the_relay_even_when_the_numbers_agree";
    let found = turns_red(test, Sabotage::RelayTrustsNumbers).unwrap();
    assert!(found.contains("the relay stays as it is"), "{found}");
}
