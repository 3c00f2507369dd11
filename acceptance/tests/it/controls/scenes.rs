//! Short plays, each about one guard. They end with an audit, and know nothing of sabotage.

use std::time::Duration;

use tokio::time::timeout;

use super::stage::Stage;
use crate::support::{eventually, new_key, quantity};

/// An answer that comes while its batch waits comes at once; one that does not come is not waited for longer.
const AT_ONCE: Duration = Duration::from_millis(500);
/// Read models that an order changes: its own, the inventory, payments.
const CONCERNED: usize = 3;
/// All of them: also those that it does not change take note of it.
const READ_MODELS: usize = 6;

pub(super) async fn sells_out(stage: &mut Stage) {
    let show = stage.show(3).await;
    for _ in 0..3 {
        stage.order(&show, 2).await;
    }
    stage.audit().await;
}

pub(super) async fn cancels(stage: &mut Stage) {
    let show = stage.show(10).await;
    let placed = stage.order(&show, 2).await.unwrap();
    stage.cancel(&placed).await;
    stage.audit().await;
}

pub(super) async fn asks_again(stage: &mut Stage) {
    let show = stage.show(10).await;
    let key = new_key();
    let customer = stage.house.customer.clone();
    let ask = async |seats: u32| customer.post_with_key(&key, "/v1/orders", &quantity(&show, seats)).await;
    let first = ask(1).await;
    stage.tell(first);
    ask(1).await.ok(201);
    stage.audit().await;
    let other = ask(2).await;
    assert_eq!(other.status, 422, "a key stands for two requests: {other:?}");
}

pub(super) async fn puts_the_clock_back(stage: &mut Stage) {
    let show = stage.show(10).await;
    stage.order(&show, 1).await;
    stage.clock(-3_600_000);
    stage.order(&show, 1).await;
    stage.clock(0);
    stage.audit().await;
}

pub(super) async fn reads_what_was_written(stage: &mut Stage) {
    let show = stage.show(10).await;
    stage.cue("read-models-wait");
    let placed = stage.order(&show, 1).await.unwrap();
    let seen = stage.look(&placed, placed.position()).await;
    stage.end_cue("read-models-wait");
    let told = seen.status == 503 || (seen.status == 200 && seen.x_position() >= placed.position());
    assert!(told, "customers do not see their own write: {placed:?} {seen:?}");
    stage.audit().await;
}

pub(super) async fn reads_again_and_again(stage: &mut Stage) {
    let show = stage.show(10).await;
    let placed = stage.order(&show, 1).await.unwrap();
    let mut last = stage.look(&placed, placed.position()).await.ok(200).x_position();
    for _ in 0..12 {
        let position = stage.look(&placed, 0).await.ok(200).x_position();
        assert!(position >= last, "the read models went back from {last} to {position}");
        last = position;
    }
    stage.audit().await;
}

/// `COMMIT` is never sent, and the sequencer is not told so.
pub(super) async fn loses_a_commit(stage: &mut Stage) {
    let show = stage.show(10).await;
    stage.cue("commit-is-lost");
    stage.order(&show, 1).await;
    stage.end_cue("commit-is-lost");
    stage.audit().await;
}

pub(super) async fn dies_before_the_commit(stage: &mut Stage) {
    let show = stage.show(10).await;
    stage.cue("commit-waits");
    let customer = stage.house.customer.clone();
    let asked =
        tokio::spawn(async move { customer.try_post(&new_key(), "/v1/orders", &quantity(&show, 1)).await });
    stage.reached("sequencer/before-commit", 1).await;
    if let Ok(answer) = timeout(AT_ONCE, asked).await {
        stage.tell(answer.unwrap().unwrap());
    }
    stage.crash("commit-waits").await;
    stage.audit().await;
}

pub(super) async fn dies_between_rows_and_checkpoint(stage: &mut Stage) {
    dies_in_a_batch(stage, "rows-wait", "projections/rows-written").await;
}

pub(super) async fn dies_between_checkpoint_and_commit(stage: &mut Stage) {
    dies_in_a_batch(stage, "checkpoint-waits", "projections/before-commit").await;
}

pub(super) async fn dies_after_the_commit_of_a_batch(stage: &mut Stage) {
    dies_in_a_batch(stage, "batch-waits", "projections/after-commit").await;
}

async fn dies_in_a_batch(stage: &mut Stage, cue: &str, point: &str) {
    let show = stage.show(10).await;
    stage.audit().await;
    stage.cue(cue);
    stage.order(&show, 2).await;
    stage.reached(point, CONCERNED).await;
    stage.crash(cue).await;
    stage.audit().await;
}

/// Somebody else applies what is about to be applied.
pub(super) async fn is_overtaken(stage: &mut Stage) {
    let show = stage.show(10).await;
    stage.audit().await;
    stage.cue("read-models-wait");
    let placed = stage.order(&show, 2).await.unwrap();
    stage.reached("projections/read", READ_MODELS).await;
    let second = stage.second_projections().await;
    stage.projected(placed.position()).await;
    stage.cue("batch-is-told");
    stage.end_cue("read-models-wait");
    eventually("an end of the batch", Duration::from_secs(20), || async {
        let given_way = stage.said("another instance moved the checkpoint");
        (given_way + stage.said("\"point\":\"projections/after-commit\"") >= READ_MODELS).then_some(())
    })
    .await;
    stage.end_cue("batch-is-told");
    drop(second);
    sqlx::raw_sql("delete from leases").execute(&stage.house.world.pool).await.unwrap();
    stage.audit().await;
}
