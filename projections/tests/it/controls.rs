//! Negative controls: tests that watch a guard fail when it is switched off.

use faultpoint::{Sabotage, control::turns_red};

#[test]
fn a_gap_that_is_skipped_is_found() {
    let found = turns_red("accidents::gaps_are_filled_from_the_log", Sabotage::ProjectionSkipsAGap).unwrap();
    assert!(found.contains("expected.rs"), "{found}");
}

#[test]
fn messages_of_what_never_happened_that_are_believed_are_found() {
    let test = "accidents::what_the_log_does_not_hold_is_not_believed";
    let found = turns_red(test, Sabotage::BelieveHearsay).unwrap();
    assert!(found.contains("expected.rs") || found.contains("all are at"), "{found}");
}
