//! Negative controls: each guard is switched off once, and what relies on it must notice.
//!
//! A scene is a short play at a box office that ends with an audit. With its guard off the audit complains, and says of
//! what; as the program is, all scenes pass. Guards that a crate's own tests watch are switched off beside those tests.

mod complete;
mod scenes;
mod stage;

use std::{any::Any, panic::AssertUnwindSafe};

use faultpoint::Sabotage;
use futures::FutureExt;
use stage::Stage;

/// Plays a scene with a guard off.
async fn finds(complaint: &str, sabotage: &str, scene: impl AsyncFnOnce(&mut Stage)) {
    let mut stage = Stage::sabotaged(sabotage).await;
    let Err(found) = AssertUnwindSafe(scene(&mut stage)).catch_unwind().await else {
        panic!("{sabotage}: nobody noticed");
    };
    let found = text(found.as_ref());
    assert!(found.contains(complaint), "{sabotage}: {found}");
}

fn text(panic: &(dyn Any + Send)) -> String {
    let literal = || panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    panic.downcast_ref::<String>().cloned().or_else(literal).unwrap_or_default()
}

#[tokio::test(flavor = "multi_thread")]
async fn as_it_is_the_program_passes_every_scene() {
    let mut stage = Stage::sabotaged("").await;
    scenes::sells_out(&mut stage).await;
    scenes::cancels(&mut stage).await;
    scenes::asks_again(&mut stage).await;
    scenes::puts_the_clock_back(&mut stage).await;
    scenes::reads_what_was_written(&mut stage).await;
    scenes::reads_again_and_again(&mut stage).await;
    scenes::loses_a_commit(&mut stage).await;
    scenes::dies_before_the_commit(&mut stage).await;
    scenes::dies_between_rows_and_checkpoint(&mut stage).await;
    scenes::dies_between_checkpoint_and_commit(&mut stage).await;
    scenes::dies_after_the_commit_of_a_batch(&mut stage).await;
    scenes::is_overtaken(&mut stage).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn seats_sold_twice_are_found() {
    finds("is oversold", Sabotage::Oversell.name(), scenes::sells_out).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn seats_given_back_twice_are_found() {
    finds("what order", Sabotage::ReleaseTwice.name(), scenes::cancels).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_stands_for_two_requests_is_found() {
    finds("a key stands for two requests", Sabotage::DropFingerprint.name(), scenes::asks_again).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_command_that_was_forgotten_is_found() {
    finds("a command was carried out twice", Sabotage::ForgetCommands.name(), scenes::asks_again).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn time_that_runs_backwards_is_found() {
    finds("time ran backwards", Sabotage::ClockBackwards.name(), scenes::puts_the_clock_back).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_chain_without_links_is_found() {
    finds("the chain breaks", Sabotage::ChainBroken.name(), scenes::sells_out).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_from_before_the_commit_is_found() {
    finds("customers were told", Sabotage::AnswerBeforeCommit.name(), scenes::dies_before_the_commit).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_commit_that_was_taken_for_granted_is_found() {
    // Read models in the same process may have it, too.
    finds("the log", Sabotage::UnresolvedCommit.name(), scenes::loses_a_commit).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_checkpoint_apart_from_its_rows_is_found() {
    let sabotage = Sabotage::CheckpointApartFromRows.name();
    finds("inventory:", sabotage, scenes::dies_between_rows_and_checkpoint).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_writer_that_is_not_fenced_is_found() {
    finds("inventory:", Sabotage::FencingOff.name(), scenes::is_overtaken).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_query_that_does_not_wait_is_found() {
    let sabotage = Sabotage::ReadYourWritesOff.name();
    finds("do not see their own write", sabotage, scenes::reads_what_was_written).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn positions_that_go_back_are_found() {
    let sometimes = format!("{}@1/2#1", Sabotage::PositionsGoBack);
    finds("went back", &sometimes, scenes::reads_again_and_again).await;
}
