//! Negative controls: tests that watch a guard fail when it is switched off.

use faultpoint::{Sabotage, control::turns_red};

use crate::post;

#[test]
fn a_stale_worker_that_is_not_fenced_is_found() {
    let test = "checkpoints::a_stale_worker_neither_forgets_steps_nor_moves_the_checkpoint";
    let found = turns_red(test, Sabotage::FencingOff).unwrap();
    assert!(found.contains("StandingBy"), "{found}");
}

#[test]
fn a_customer_who_is_told_twice_is_found() {
    if post::is_left_out() {
        return;
    }
    let test = "notifications::whoever_was_told_is_not_told_again_when_all_steps_are_forgotten";
    let found = turns_red(test, Sabotage::TellAgain).unwrap();
    assert!(found.contains("left: 2"), "{found}");
}
