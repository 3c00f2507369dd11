//! Whatever a stream holds, every event has its effect once.

use event_store::RecordedEvent;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::support::{
    History, Stream, World,
    expected::log,
    stream::{body, headers},
};

/// Projects a log whose stream had an accident before anyone listened. Nobody says how far the log goes, so that
/// the messages are heard; only doubt leads to the log. Then the stream falls silent.
async fn survives(seed: u64, accident: impl AsyncFn(&Stream, &[RecordedEvent], Uuid)) {
    let mut world = World::with(History::with_orders(seed, 60)).await;
    let log_id = world.head().await.log_id;
    let stream = Stream::create().await;
    accident(&stream, &log(&world).await, log_id).await;
    let (sender, head) = watch::channel(0);
    let running = world.start_knowing(Some(&stream), head, CancellationToken::new());
    world.caught_up().await;
    world.is_as_expected().await;
    world.history.sell(20);
    world.append().await;
    sender.send_replace(world.head().await.position);
    world.caught_up().await;
    world.is_as_expected().await;
    running.stop().await;
}

#[tokio::test]
async fn gaps_are_filled_from_the_log() {
    survives(11, async |stream, events, log_id| {
        stream.publish(events, log_id).await;
        for sequence in [17, 40, 41, 42] {
            stream.delete(sequence).await;
        }
    })
    .await;
}

#[tokio::test]
async fn doubled_messages_have_one_effect() {
    survives(12, async |stream, events, log_id| {
        stream.publish(&events[..30], log_id).await;
        stream.publish(&events[20..], log_id).await;
    })
    .await;
}

#[tokio::test]
async fn messages_out_of_order_are_put_in_order() {
    survives(13, async |stream, events, log_id| {
        let mut shuffled = events.to_vec();
        shuffled[10..50].reverse();
        stream.publish(&shuffled, log_id).await;
    })
    .await;
}

#[tokio::test]
async fn a_foreign_message_is_not_an_event() {
    survives(14, async |stream, events, log_id| {
        stream.publish(&events[..25], log_id).await;
        stream.send(async_nats::HeaderMap::new(), "hello".to_owned()).await;
        stream.send(headers(&events[26], log_id), "{}".to_owned()).await;
        stream.publish(&events[27..], log_id).await;
    })
    .await;
}

#[tokio::test]
async fn messages_of_another_log_are_not_believed() {
    survives(15, async |stream, events, log_id| {
        stream.publish(&events[..25], log_id).await;
        stream.publish(&events[25..], Uuid::new_v4()).await;
    })
    .await;
}

#[tokio::test]
async fn another_history_of_the_right_length_is_not_believed() {
    survives(16, async |stream, _, _| {
        let other = World::with(History::with_orders(99, 60)).await;
        stream.publish(&log(&other).await, other.head().await.log_id).await;
    })
    .await;
}

#[tokio::test]
async fn an_event_too_large_for_a_message_is_read_from_the_log() {
    survives(17, async |stream, events, log_id| {
        for event in events {
            let mut headers = headers(event, log_id);
            if event.position % 7 == 0 {
                headers.insert("Stagedoor-Stub", "true");
                stream.send(headers, String::new()).await;
            } else {
                stream.send(headers, body(event)).await;
            }
        }
    })
    .await;
}

#[tokio::test]
async fn a_stream_that_no_longer_reaches_back_is_joined_later() {
    let world = World::with(History::with_orders(18, 60)).await;
    let stream = Stream::create().await;
    stream.recreate(51).await;
    stream.publish(&log(&world).await[50..], world.head().await.log_id).await;
    let running = world.start(Some(&stream));
    world.caught_up().await;
    world.is_as_expected().await;
    running.stop().await;
}

/// As after a restore to an older state: what the stream has more follows from the log, and never happened.
#[tokio::test]
async fn what_the_log_does_not_hold_is_not_believed() {
    let mut world = World::with(History::with_orders(19, 60)).await;
    let mut longer = World::with(History::with_orders(19, 60)).await;
    let (log_id, head) = (world.head().await.log_id, world.head().await);
    longer.history.sell(30);
    // The same events with the same ids, and then more.
    let mut ahead = log(&world).await;
    longer.append().await;
    ahead.extend(continued(&ahead, &log(&longer).await));
    let stream = Stream::create().await;
    stream.publish(&ahead, log_id).await;
    let running = world.start(Some(&stream));
    world.caught_up().await;
    // Heard, doubted and heard again, however often.
    for _ in 0..5 {
        world.history.sell(2);
        world.append().await;
        world.caught_up().await;
        world.is_as_expected().await;
    }
    assert!(world.head().await.position > head.position);
    running.stop().await;
}

/// What another log has more, as if it had happened in this one.
fn continued(known: &[RecordedEvent], other: &[RecordedEvent]) -> Vec<RecordedEvent> {
    let mut previous = known.last().unwrap().hash.0;
    let mut more = other[known.len()..].to_vec();
    for event in &mut more {
        event.hash.0 = event.expected_hash(&previous);
        previous = event.hash.0;
    }
    more
}
