//! Negative controls: tests that watch a guard fail when it is switched off.

use faultpoint::{Sabotage, control::turns_red};

#[test]
fn a_verifier_that_does_not_compute_the_chain_is_found() {
    let test = "mutations::whatever_is_done_to_a_log_that_checkpoints_cover_is_found_where_it_was_done";
    let found = turns_red(test, Sabotage::VerifyWithoutChain).unwrap();
    assert!(found.contains("SEED="), "{found}");
    let found =
        turns_red("tampering::a_changed_event_is_found_where_it_is", Sabotage::VerifyWithoutChain).unwrap();
    assert!(found.contains("Rewritten"), "{found}");
}

#[test]
fn a_verifier_that_counts_no_versions_is_found() {
    let test = "tampering::a_version_that_is_missing_is_found_although_the_chain_holds";
    let found = turns_red(test, Sabotage::VerifyWithoutVersions).unwrap();
    assert!(found.contains("one fault"), "{found}");
}

#[test]
fn a_verifier_that_does_not_look_at_what_was_signed_is_found() {
    let test = "tampering::a_chain_that_was_computed_anew_is_found_by_the_checkpoint_that_covers_it";
    let found = turns_red(test, Sabotage::VerifyWithoutRoots).unwrap();
    assert!(found.contains("one fault"), "{found}");
}

#[test]
fn a_verifier_that_believes_any_signature_is_found() {
    let test = "tampering::a_checkpoint_that_was_changed_to_fit_a_rewritten_log_is_not_believed";
    turns_red(test, Sabotage::AnySignatureWillDo).unwrap();
}

#[test]
fn an_issuer_that_signs_whatever_lies_there_is_found() {
    let found = turns_red("issuing::a_broken_chain_is_not_signed", Sabotage::SignUnverified).unwrap();
    assert!(found.contains("was signed"), "{found}");
}

#[test]
fn checkpoints_that_take_the_place_of_others_are_found() {
    let test = "targets::a_directory_keeps_what_it_has";
    let found = turns_red(test, Sabotage::CheckpointsAreOverwritten).unwrap();
    assert!(found.contains("Taken"), "{found}");
}
