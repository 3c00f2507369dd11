//! Negative controls: tests that watch a guard fail when it is switched off.

use faultpoint::{Sabotage, control::turns_red};

#[test]
fn a_stale_worker_that_is_not_fenced_is_found() {
    let test = "checkpoints::a_stale_worker_neither_forgets_steps_nor_moves_the_checkpoint";
    let found = turns_red(test, Sabotage::FencingOff).unwrap();
    assert!(found.contains("StandingBy"), "{found}");
}
