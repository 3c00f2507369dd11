//! Negative controls: tests that watch a guard fail when it is switched off.

use faultpoint::{Sabotage, control::turns_red};

#[test]
fn a_gap_that_is_skipped_is_found() {
    let found = turns_red("accidents::gaps_are_filled_from_the_log", Sabotage::ProjectionSkipsAGap).unwrap();
    assert!(found.contains("expected.rs"), "{found}");
}
