//! Negative controls: tests that watch a guard fail when it is switched off.

use engines::testing::MAIL_SERVER;
use faultpoint::{Sabotage, control::turns_red};

#[test]
fn a_stale_worker_that_is_not_fenced_is_found() {
    let test = "checkpoints::a_stale_worker_neither_forgets_steps_nor_moves_the_checkpoint";
    let found = turns_red(test, Sabotage::FencingOff).unwrap();
    assert!(found.contains("StandingBy"), "{found}");
}

#[test]
fn a_worker_that_reacts_to_what_never_happened_is_found() {
    let test = "checkpoints::what_was_read_before_the_log_was_put_back_is_not_reacted_to";
    let found = turns_red(test, Sabotage::BelieveHearsay).unwrap();
    assert!(found.contains("in vain: the hold that took the lost one's place"), "{found}");
}

#[test]
fn a_customer_who_is_told_twice_is_found() {
    if MAIL_SERVER.is_left_out() {
        return;
    }
    let test = "notifications::whoever_was_told_is_not_told_again_when_all_steps_are_forgotten";
    let found = turns_red(test, Sabotage::TellAgain).unwrap();
    assert!(found.contains("left: 2"), "{found}");
}

#[test]
fn steps_that_are_noted_apart_from_what_was_read_are_found() {
    let test = "checkpoints::steps_that_could_not_be_noted_are_noted_when_the_event_is_read_again";
    let found = turns_red(test, Sabotage::StepsApartFromCheckpoint).unwrap();
    assert!(found.contains("the hold's end is forgotten"), "{found}");
}

#[test]
fn a_step_that_is_taken_for_done_too_early_is_found() {
    let test = "money::refunds::whoever_dies_between_the_provider_s_answer_and_the_record_is_followed_by_somebody_who_records_it";
    let found = turns_red(test, Sabotage::DoneBeforePerformed).unwrap();
    assert!(found.contains("\"PaymentRefundRequested\"]: "), "{found}");
}

#[test]
fn a_step_that_is_dropped_instead_of_parked_is_found() {
    let test =
        "failures::a_failing_step_is_tried_again_after_growing_pauses_and_then_parked_while_others_go_on";
    let found = turns_red(test, Sabotage::DropWhatFails).unwrap();
    assert!(found.contains("in vain: it is parked"), "{found}");
}

#[test]
fn steps_that_fail_and_leave_no_room_for_others_are_found() {
    let test = "failures::steps_that_fail_by_the_hundred_keep_nobody_waiting";
    let found = turns_red(test, Sabotage::RetryForEver).unwrap();
    assert!(found.contains("in vain: another one works"), "{found}");
}

#[test]
fn holds_that_never_end_are_found() {
    let test = "holds::holds_end_once_with_two_runners_and_the_seats_are_free_again";
    let found = turns_red(test, Sabotage::HoldsNeverEnd).unwrap();
    assert!(found.contains("each order once"), "{found}");
}
