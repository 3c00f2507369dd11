use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

use chrono::{DateTime, TimeDelta, Utc};
use domain::{Refusal, operations::OrderSummary};
use event_store::{Clock, Committed, ExecuteError, SystemClock, watch_head};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::support::{Database, Panics, PanicsEarly, buy, command, place, show_of};

#[tokio::test(flavor = "multi_thread")]
async fn ten_thousand_operations_from_three_writers_leave_no_gap() {
    let database = Database::new().await;
    let writers = [database.sequencer(), database.sequencer(), database.sequencer()];
    let show = show_of(&writers[0], 4_000).await;
    let mut running = JoinSet::new();
    for number in 0..10_000usize {
        let writer = writers[number % 3].clone();
        running.spawn(async move {
            if number % 100 == 0 {
                let broken = writer.execute(command(Panics)).await;
                assert!(matches!(broken, Err(ExecuteError::Defect(_))), "{broken:?}");
                return None;
            }
            retry(|| buy(&writer, show)).await.ok().map(|committed| committed.answer.order_id)
        });
    }
    let sold = running.join_all().await.into_iter().flatten().count();
    assert_eq!(sold, 4_000, "every seat is sold, and none twice");
    let log = database.log().await;
    assert_eq!(log.len(), 2 + 3 * 4_000);
    let placed = log.iter().filter(|event| event.event_type == "OrderPlaced").count();
    assert_eq!(placed, 4_000);
}

/// The log's own keys keep writers apart that don't lock it; but then they are in each other's way.
#[tokio::test(flavor = "multi_thread")]
async fn three_writers_at_once_turn_nobody_away() {
    let database = Database::new().await;
    let mut running = JoinSet::new();
    for _ in 0..3 {
        let writer = database.sequencer();
        let show = show_of(&writer, 200).await;
        running.spawn(async move {
            for _ in 0..200 {
                buy(&writer, show).await.unwrap();
            }
        });
    }
    running.join_all().await;
    assert_eq!(database.log().await.len(), 3 * (2 + 3 * 200));
}

async fn retry<F: Future<Output = Result<Committed<OrderSummary>, ExecuteError>>>(
    attempt: impl Fn() -> F,
) -> Result<Committed<OrderSummary>, ExecuteError> {
    loop {
        match attempt().await {
            Err(ExecuteError::QueueFull) => tokio::task::yield_now().await,
            other => return other,
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_leaves_no_trace() {
    let database = Database::new().await;
    let sequencer = database.sequencer();
    let show = show_of(&sequencer, 3).await;
    let before = database.log().await;
    let refused = sequencer.execute(command(place(show, 4))).await;
    assert_eq!(refused, Err(ExecuteError::Refused(Refusal::NotEnoughAvailable { available: 3 })));
    assert_eq!(database.log().await, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_operation_that_the_log_rejects_does_not_take_its_neighbours_with_it() {
    let database = Database::new().await;
    let sequencer = database.sequencer();
    let show = show_of(&sequencer, 100).await;
    let once = place(show, 1);
    sequencer.execute(command(once.clone())).await.unwrap();
    let sequencer = database.sequencer();
    let mut running = JoinSet::new();
    for number in 0..50 {
        // Every tenth takes the id of an order that exists, which no handler ever does. This sequencer does not know
        // it; its stream has a version 1 all the same.
        let operation = if number % 10 == 0 { once.clone() } else { place(show, 1) };
        let sequencer = sequencer.clone();
        running.spawn(async move { sequencer.execute(command(operation)).await });
    }
    let answers = running.join_all().await;
    assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 45);
    assert!(answers.iter().all(|answer| !matches!(answer, Err(ExecuteError::Unavailable))), "{answers:?}");
    assert_eq!(database.log().await.len(), 2 + 3 * 46);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_operation_that_breaks_while_it_names_its_streams_fails_alone() {
    let database = Database::new().await;
    let sequencer = database.sequencer();
    let show = show_of(&sequencer, 10).await;
    let broken = sequencer.clone();
    let broken = tokio::spawn(async move { broken.execute(command(PanicsEarly)).await });
    buy(&sequencer, show).await.unwrap();
    assert!(matches!(broken.await.unwrap(), Err(ExecuteError::Defect(_))));
    buy(&sequencer, show).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_that_was_restored_to_an_earlier_state_is_continued_from_there() {
    let database = Database::new().await;
    let sequencer = database.sequencer();
    let show = show_of(&sequencer, 2).await;
    buy(&sequencer, show).await.unwrap();
    buy(&sequencer, show).await.unwrap();
    let mut restorer = database.connect().await;
    sqlx::raw_sql(
        "set session_replication_role = replica; delete from events where position > 5; delete from commands;
         select pg_terminate_backend(pid) from pg_stat_activity
         where datname = current_database() and pid <> pg_backend_pid()",
    )
    .execute(&mut restorer)
    .await
    .unwrap();
    buy(&sequencer, show).await.expect("one seat is left in the restored log");
    let refused = buy(&sequencer, show).await;
    assert_eq!(refused, Err(ExecuteError::Refused(Refusal::NotEnoughAvailable { available: 0 })));
    assert_eq!(database.log().await.len(), 8);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_another_writer_appended_is_seen_by_the_next_decision() {
    let database = Database::new().await;
    let (one, other) = (database.sequencer(), database.sequencer());
    let show = show_of(&one, 2).await;
    buy(&other, show).await.unwrap();
    buy(&one, show).await.unwrap();
    let refused = buy(&other, show).await;
    assert_eq!(refused, Err(ExecuteError::Refused(Refusal::NotEnoughAvailable { available: 0 })));
}

#[tokio::test(flavor = "multi_thread")]
async fn events_say_who_why_and_what_they_belong_to() {
    let database = Database::new().await;
    let sequencer = database.sequencer();
    let show = show_of(&sequencer, 2).await;
    let asked = command(place(show, 1));
    let placed = sequencer.execute(asked.clone()).await.unwrap();
    let log = database.log().await;
    assert_eq!(placed.position, log.last().unwrap().position);
    for event in &log[2..] {
        let metadata = event.metadata().unwrap();
        assert_eq!(metadata.actor, asked.context.actor);
        assert_eq!(metadata.command_id, asked.context.command_id);
        assert_eq!(metadata.correlation, placed.answer.order_id.uuid());
        assert_eq!(metadata.schema, 1);
    }
}

struct JumpingClock(AtomicI64);

impl Clock for JumpingClock {
    fn now(&self) -> DateTime<Utc> {
        SystemClock.now() + TimeDelta::seconds(self.0.load(Ordering::Relaxed))
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn time_does_not_run_backwards_in_the_log_when_the_clock_does() {
    let database = Database::new().await;
    let clock = Arc::new(JumpingClock(AtomicI64::new(0)));
    let sequencer = database.sequencer_at(clock.clone());
    let show = show_of(&sequencer, 5).await;
    for offset in [0, 3_600, -3_600] {
        clock.0.store(offset, Ordering::Relaxed);
        buy(&sequencer, show).await.unwrap();
    }
    database.log().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_long_stream_is_continued_from_its_snapshot() {
    let database = Database::new().await;
    let sequencer = database.sequencer();
    let show = show_of(&sequencer, 2_000).await;
    let mut running = JoinSet::new();
    for _ in 0..1_500 {
        let sequencer = sequencer.clone();
        running.spawn(async move { buy(&sequencer, show).await.unwrap() });
    }
    running.join_all().await;
    let mut connection = database.connect().await;
    let deadline = tokio::time::Instant::now() + std::time::Duration::from_secs(10);
    loop {
        let snapshots: i64 =
            sqlx::query_scalar("select count(*) from snapshots").fetch_one(&mut connection).await.unwrap();
        if snapshots == 1 {
            break;
        }
        assert!(tokio::time::Instant::now() < deadline, "no snapshot was written");
        tokio::task::yield_now().await;
    }
    // Without the events that the snapshot stands for, only the snapshot can tell how many seats are left.
    sqlx::raw_sql(
        "set session_replication_role = replica;
         delete from events e using snapshots s where e.stream_id = s.stream_id and e.version < s.version",
    )
    .execute(&mut connection)
    .await
    .unwrap();
    let fresh = database.sequencer();
    let mut left = 0;
    while buy(&fresh, show).await.is_ok() {
        left += 1;
    }
    assert_eq!(left, 2_000 - 1_500);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_commit_is_announced_to_other_processes() {
    let database = Database::new().await;
    let cancel = CancellationToken::new();
    let mut head = watch_head(database.options.clone(), cancel.clone());
    let sequencer = database.sequencer();
    let show = show_of(&sequencer, 5).await;
    let placed = buy(&sequencer, show).await.unwrap();
    let seen = tokio::time::timeout(
        std::time::Duration::from_secs(5),
        head.wait_for(|head| *head >= placed.position),
    );
    assert!(seen.await.is_ok());
    cancel.cancel();
}
