use std::{pin::pin, sync::Arc, time::Duration};

use event_store::{Sequencer, SequencerOptions, SystemClock};
use futures::{future::join_all, poll};
use sqlx::PgConnection;

use crate::support::{Database, buy, command, place, show_of};

/// A sequencer with a short queue, which takes one operation at a time.
fn short_of_places(database: &Database) -> Sequencer {
    let options = SequencerOptions::new(database.options.clone(), Arc::new(SystemClock));
    Sequencer::start(SequencerOptions { queue: 32, batch: 1, ..options }).0
}

/// Keeps the log from being written until it is rolled back.
async fn holder(database: &Database) -> PgConnection {
    let mut holder = database.connect().await;
    sqlx::raw_sql("begin; lock table log_lock in exclusive mode").execute(&mut holder).await.unwrap();
    holder
}

/// Returns when somebody waits for the holder.
async fn somebody_waits(holder: &mut PgConnection) {
    let waits = "select exists (select from pg_locks where not granted and relation = 'log_lock'::regclass)";
    let looking = async {
        while !sqlx::query_scalar::<_, bool>(waits).fetch_one(&mut *holder).await.unwrap() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), looking).await.expect("the sequencer asks for the lock");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_crowded_queue_has_room_for_those_who_can_not_come_back_later() {
    let database = Database::new().await;
    let sequencer = short_of_places(&database);
    let show = show_of(&sequencer, 100).await;
    let mut holder = holder(&database).await;

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

#[tokio::test(flavor = "multi_thread")]
async fn who_stops_waiting_and_asks_again_by_the_same_name_is_served_once() {
    let database = Database::new().await;
    let sequencer = short_of_places(&database);
    let show = show_of(&sequencer, 100).await;
    let mut holder = holder(&database).await;
    let asked = command(place(show, 1));

    let mut waiting = Box::pin(sequencer.execute(asked.clone()));
    assert!(poll!(&mut waiting).is_pending());
    somebody_waits(&mut holder).await;
    drop(waiting);

    sqlx::raw_sql("rollback").execute(&mut holder).await.unwrap();
    let answer = sequencer.execute(asked.clone()).await.unwrap().answer;
    assert_eq!(sequencer.execute(asked).await.unwrap().answer, answer);
    assert_eq!(database.log().await.len(), 2 + 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_done_for_those_who_left_before_their_turn() {
    let database = Database::new().await;
    let sequencer = short_of_places(&database);
    let show = show_of(&sequencer, 100).await;
    let mut holder = holder(&database).await;

    let mut first = pin!(buy(&sequencer, show));
    assert!(poll!(&mut first).is_pending());
    somebody_waits(&mut holder).await;
    let mut crowd: Vec<_> = (0..20).map(|_| Box::pin(buy(&sequencer, show))).collect();
    for buyer in &mut crowd {
        assert!(poll!(buyer).is_pending());
    }
    drop(crowd);

    sqlx::raw_sql("rollback").execute(&mut holder).await.unwrap();
    first.await.unwrap();
    buy(&sequencer, show).await.unwrap();
    let placed = database.log().await.iter().filter(|event| event.event_type == "OrderPlaced").count();
    // One more may have been under way.
    assert!((2..=3).contains(&placed), "{placed} orders for two buyers");
}
