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
        // Up to a quarter shorter, so that what failed together is not tried together.
        let (pause, given) = (TimeDelta::seconds(pause), step.due_at - world.clock.now());
        assert!(given > pause * 3 / 4 && given <= pause, "{given} after try {tried}");
        assert_eq!(step.parked, None);
        let working = order(&world, show, 1).await.unwrap().answer.order_id.uuid();
        until("another one works", async || tries(working) == 1).await;
        world.clock.advance(pause);
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
async fn a_step_that_panics_has_failed_and_nothing_else() {
    let world = World::new().await;
    let show = show_of(&world, 100).await;
    order(&world, show, 3).await.unwrap();
    let runner = world.run::<Probe>();

    until("it has failed", async || world.steps(Probe::NAME).await.iter().any(|s| s.attempts == 1)).await;
    let working = order(&world, show, 1).await.unwrap().answer.order_id.uuid();
    until("another one works", async || tries(working) == 1).await;
    world.clock.advance(TimeDelta::days(1));
    until("it is tried again", async || world.steps(Probe::NAME).await.iter().any(|s| s.attempts == 2)).await;
    runner.stop().await;
}

#[tokio::test]
async fn how_far_a_step_of_many_commands_is_can_be_seen() {
    let world = World::new().await;
    let show = show_of(&world, 100).await;
    let long = order(&world, show, 5).await.unwrap().answer.order_id.uuid();
    let runner = world.run::<Probe>();
    until("it is begun", async || tries(long) == 1).await;
    let under_way = async || {
        let mut listed = processes::list(&mut world.connect().await).await.unwrap();
        listed.remove(0).under_way.into_iter().map(|step| (step.target, step.progress)).collect::<Vec<_>>()
    };
    let told = vec![(long, "half of it is done".to_owned())];
    until("it tells how far it is", async || under_way().await == told).await;

    world.clock.advance(TimeDelta::hours(1));
    until("it goes on", async || tries(long) == 2).await;
    assert_eq!(world.steps(Probe::NAME).await[0].attempts, 0);
    runner.stop().await;
}

#[tokio::test]
async fn a_step_that_never_ends_keeps_nobody_waiting() {
    let world = World::new().await;
    let show = show_of(&world, 100).await;
    let endless = order(&world, show, 4).await.unwrap().answer.order_id.uuid();
    let runner = world.run::<Probe>();
    until("it is begun", async || tries(endless) == 1).await;

    let begun = Instant::now();
    for _ in 0..5 {
        let working = order(&world, show, 1).await.unwrap().answer.order_id.uuid();
        until("another one works", async || tries(working) == 1).await;
    }

    assert!(begun.elapsed() < Duration::from_secs(3), "the endless one is given up after 4 s");
    assert_eq!(tries(endless), 1, "it is not begun again while it is under way");
    until("it is begun again", async || {
        world.clock.advance(TimeDelta::seconds(1));
        tries(endless) == 2
    })
    .await;
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
