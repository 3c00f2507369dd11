use std::{pin::pin, sync::Arc};

use event_store::{Sequencer, SequencerOptions, SystemClock};
use futures::{future::join_all, poll};

use crate::support::{Database, buy, show_of};

#[tokio::test(flavor = "multi_thread")]
async fn a_crowded_queue_has_room_for_those_who_can_not_come_back_later() {
    let database = Database::new().await;
    let options = SequencerOptions::new(database.options.clone(), Arc::new(SystemClock));
    let (sequencer, _) = Sequencer::start(SequencerOptions { queue: 32, batch: 1, ..options });
    let show = show_of(&sequencer, 100).await;
    let mut holder = database.connect().await;
    sqlx::raw_sql("begin; lock table log_lock in exclusive mode").execute(&mut holder).await.unwrap();

    let mut crowd = Vec::new();
    while !sequencer.is_crowded() {
        let mut buyer = Box::pin(buy(&sequencer, show));
        assert!(poll!(&mut buyer).is_pending());
        crowd.push(buyer);
    }
    let mut late = pin!(buy(&sequencer, show));
    assert!(poll!(&mut late).is_pending(), "refused although the queue is not full");

    sqlx::raw_sql("rollback").execute(&mut holder).await.unwrap();
    assert!(join_all(crowd).await.iter().all(Result::is_ok));
    assert!(late.await.is_ok());
    assert!(!sequencer.is_crowded());
}
