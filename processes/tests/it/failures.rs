//! What fails is tried again, waits longer each time, and holds nobody up.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::{Duration, Instant},
};

use chrono::{DateTime, TimeDelta, Utc};
use event_store::{Clock, SystemClock, new_id};
use futures::future::join_all;
use processes::{Process, RunnerStatus};

use crate::{
    probe::{Probe, tries},
    shop::{order, show_of},
    support::{World, until},
};

/// The longest pauses after the first, second … try, in seconds; after the twelfth the step is parked.
const PAUSES: [i64; 11] = [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300];

#[tokio::test]
async fn a_failing_step_is_tried_again_after_growing_pauses_and_then_parked_while_others_go_on() {
    let world = World::new().await;
    let show = show_of(&world, 100).await;
    let failing = order(&world, show, 2).await.unwrap().answer.order_id.uuid();
    let runner = world.run::<Probe>();

    for (tried, pause) in (1..).zip(PAUSES) {
        until("it is tried", async || world.steps(Probe::NAME).await.iter().any(|s| s.attempts == tried))
            .await;
        let step = world.steps(Probe::NAME).await.remove(0);
        let (waits, longest) = (step.due_at - world.clock.now(), TimeDelta::seconds(pause));
        assert!(longest * 3 / 4 <= waits && waits <= longest, "after try {tried}: {waits}");
        assert_eq!(step.parked, None);
        let working = order(&world, show, 1).await.unwrap().answer.order_id.uuid();
        until("another one works", async || tries(working) == 1).await;
        world.clock.advance(TimeDelta::seconds(pause));
    }
    until("it is parked", async || world.steps(Probe::NAME).await.iter().any(|s| s.parked.is_some())).await;
    world.clock.advance(TimeDelta::days(1));
    let working = order(&world, show, 1).await.unwrap().answer.order_id.uuid();
    until("another one works", async || tries(working) == 1).await;

    assert_eq!(tries(failing), 12);
    runner.stop().await;
}

/// More than are performed at once.
const MANY: u32 = 600;

#[tokio::test]
async fn steps_that_fail_by_the_hundred_keep_nobody_waiting() {
    let world = World::new().await;
    let show = show_of(&world, 2 * MANY + 1).await;
    let failing = join_all((0..MANY).map(|_| order(&world, show, 2))).await;
    assert!(failing.iter().all(Result::is_ok));
    world.clock.advance(TimeDelta::seconds(1));
    let working = order(&world, show, 1).await.unwrap().answer.order_id.uuid();

    let runner = world.run::<Probe>();

    until("another one works", async || tries(working) == 1).await;
    runner.stop().await;
}

#[tokio::test]
async fn an_event_that_cannot_be_read_does_not_stop_what_is_due() {
    let world = World::new().await;
    let show = show_of(&world, 10).await;
    let placed = order(&world, show, 1).await.unwrap().answer.order_id.uuid();
    let head = world.head().await.position;
    let strange = "insert into events (position, stream_id, version, event_id, type, data, metadata, recorded_at, hash) \
                   select position + 1, 'order-' || $1, 1, gen_random_uuid(), 'FromTheFuture', '{}', metadata, \
                   recorded_at, hash from events where position = $2";
    sqlx::query(strange)
        .bind(new_id().to_string())
        .bind(head)
        .execute(&mut world.connect().await)
        .await
        .unwrap();

    let mut runner = world.run::<Probe>();

    until("what is due is done", async || tries(placed) == 1).await;
    let RunnerStatus::Failing(reason) = runner.says().await else { panic!("it should say that it fails") };
    assert!(reason.contains(&format!("position {}", head + 1)), "{reason}");
    assert_eq!(world.position(Probe::NAME).await, Some(head), "all before it is read");
    runner.stop().await;
}

/// Counts how often it is asked.
struct Asked(AtomicU32);

impl Clock for Asked {
    fn now(&self) -> DateTime<Utc> {
        self.0.fetch_add(1, Ordering::Relaxed);
        SystemClock.now()
    }
}

#[tokio::test]
async fn a_head_beyond_the_log_makes_nobody_run_in_circles() {
    let world = World::new().await;
    let clock = Arc::new(Asked(AtomicU32::new(0)));
    let begun = Instant::now();

    // It sees a head that no position reaches.
    let runner = world.run_with::<Probe>(Arc::clone(&clock) as _);

    until("it has looked some times", async || clock.0.load(Ordering::Relaxed) >= 20).await;
    assert!(begun.elapsed() >= Duration::from_millis(500), "it pauses before it looks again");
    runner.stop().await;
}
