//! Following the log: over JetStream, without it, and with one that is silent.

use std::time::Duration;

use projections::{CheckpointWatch, Model, WaitError};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::support::{History, Stream, World, expected::log};

#[tokio::test]
async fn without_nats_the_read_models_are_what_the_log_says() {
    let mut world = World::with(History::with_orders(1, 250)).await;
    let running = world.start(None);
    world.caught_up().await;
    world.is_as_expected().await;
    world.history.sell(50);
    world.append().await;
    world.caught_up().await;
    world.is_as_expected().await;
    running.stop().await;
}

#[tokio::test]
async fn messages_alone_are_enough() {
    let world = World::with(History::with_orders(2, 100)).await;
    let stream = Stream::create().await;
    stream.publish(&log(&world).await, world.head().await.log_id).await;
    // Nobody ever says how far the log goes, so that it is never read.
    let (_silent, head) = watch::channel(0);
    let running = world.start_knowing(Some(&stream), head, CancellationToken::new());
    world.caught_up().await;
    world.is_as_expected().await;
    running.stop().await;
}

#[tokio::test]
async fn a_silent_stream_holds_nothing_up() {
    let mut world = World::with(History::with_orders(3, 20)).await;
    let stream = Stream::create().await;
    let running = world.start(Some(&stream));
    world.caught_up().await;
    for _ in 0..5 {
        world.history.sell(3);
        world.append().await;
        let position = world.head().await.position;
        let watch = CheckpointWatch::start(world.pool.clone(), running.cancel.clone());
        watch.wait_until(&Model::ALL, position, Duration::from_secs(2)).await.unwrap();
    }
    world.is_as_expected().await;
    running.stop().await;
}

#[tokio::test]
async fn a_stream_that_comes_back_is_heard_again() {
    let mut world = World::with(History::with_orders(4, 20)).await;
    let log_id = world.head().await.log_id;
    let stream = Stream::create().await;
    stream.publish(&log(&world).await, log_id).await;
    let (head, known) = watch::channel(0);
    let running = world.start_knowing(Some(&stream), known, CancellationToken::new());
    world.caught_up().await;
    // Wiped, and refilled only with what is new.
    let old = world.head().await.position;
    stream.recreate(u64::try_from(old).unwrap() + 1).await;
    world.history.sell(10);
    world.append().await;
    let new: Vec<_> = log(&world).await.into_iter().filter(|event| event.position > old).collect();
    stream.publish(&new, log_id).await;
    world.caught_up().await;
    world.is_as_expected().await;
    drop(head);
    running.stop().await;
}

#[tokio::test]
async fn waiting_ends_at_the_position_or_in_time() {
    let world = World::with(History::with_orders(5, 10)).await;
    let watch = CheckpointWatch::start(world.pool.clone(), CancellationToken::new());
    let head = world.head().await.position;
    let early = watch.wait_until(&[Model::Orders], head, Duration::from_millis(50)).await;
    assert_eq!(early, Err(WaitError::Lagging { position: 0 }));
    let running = world.start(None);
    watch.wait_until(&[Model::Orders, Model::Payments], head, Duration::from_secs(20)).await.unwrap();
    let beyond = watch.wait_until(&[Model::Orders], head + 1, Duration::from_millis(50)).await;
    assert_eq!(beyond, Err(WaitError::Lagging { position: head }));
    running.stop().await;
}

#[tokio::test]
async fn the_list_says_how_far_behind_each_is() {
    let mut world = World::with(History::with_orders(6, 10)).await;
    let running = world.start(None);
    world.caught_up().await;
    running.stop().await;
    world.history.sell(5);
    let before = world.head().await.position;
    world.append().await;
    let head = world.head().await.position;
    let list = projections::list(&mut world.connection().await).await.unwrap();
    let names: Vec<_> = list.iter().map(|status| status.name.as_str()).collect();
    assert_eq!(names, ["accounts", "inventory", "ledger", "orders", "payments", "shows"]);
    for status in list {
        assert_eq!((status.position, status.head, status.lag_events), (before, head, head - before));
        assert_eq!((status.parked, status.reason), (0, None));
    }
}
