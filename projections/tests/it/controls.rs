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

#[test]
fn events_that_are_lost_in_a_swap_are_found() {
    let test = "side_by_side::nobody_notices_rebuilds_under_load";
    let found = turns_red(test, Sabotage::SwapWithoutCatchingUp).unwrap();
    assert!(found.contains("expected.rs") || found.contains("different_rows"), "{found}");
}

#[test]
fn a_slot_that_is_emptied_under_its_readers_is_found() {
    let test = "side_by_side::who_began_to_read_before_a_swap_reads_to_the_end";
    let found = turns_red(test, Sabotage::ReadersNotWaitedFor).unwrap();
    assert!(found.contains("the rows are gone"), "{found}");
}

#[test]
fn a_program_that_does_not_know_what_was_written_is_found() {
    let test = "replaying::every_event_that_was_ever_written_makes_todays_read_models";
    let found = turns_red(test, Sabotage::OlderThanCheckIns).unwrap();
    assert!(found.contains("TicketCheckedIn is not known here"), "{found}");
}
