//! Negative controls: tests that watch a guard fail when it is switched off.

use faultpoint::{Sabotage, control::turns_red};

#[test]
fn a_sequencer_that_skips_the_lock_is_found() {
    let found = turns_red("sequencing::three_writers_at_once_turn_nobody_away", Sabotage::SkipLock).unwrap();
    assert!(found.contains("the log rejected it"), "{found}");
}

#[test]
fn a_decision_on_a_stale_state_is_found() {
    let test = "sequencing::what_another_writer_appended_is_seen_by_the_next_decision";
    let found = turns_red(test, Sabotage::StaleDecide).unwrap();
    assert!(found.contains("NotEnoughAvailable"), "{found}");
}

#[test]
fn an_import_that_verifies_no_hash_is_found() {
    let test = "importing::whatever_was_changed_is_found_and_leaves_the_log_empty";
    let found = turns_red(test, Sabotage::FollowAnything).unwrap();
    assert!(found.contains("called `Result::unwrap_err()` on an `Ok` value"), "{found}");
}
