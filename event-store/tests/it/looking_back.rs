//! Moments, and streams that are read together.

use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

use chrono::{DateTime, TimeDelta, Utc};
use domain::{Category, StreamId};
use event_store::{
    Clock, Moment, MomentError, Past, RecordedEvent, Streams, events_after, events_of, find_in_stream,
    streams_begun, stretches,
};
use futures::{StreamExt, stream};

use crate::support::{Database, buy, show_of};

/// Says what it is told to.
struct Hands(AtomicI64);

impl Clock for Hands {
    fn now(&self) -> DateTime<Utc> {
        DateTime::from_timestamp(self.0.load(Ordering::SeqCst), 0).unwrap()
    }
}

/// As it would be found by looking at every event.
fn last_until(log: &[RecordedEvent], at: DateTime<Utc>) -> i64 {
    log.iter().rev().find(|event| event.recorded_at <= at).map_or(0, |event| event.position)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_time_is_found_wherever_it_falls() {
    let database = Database::new().await;
    let clock = Arc::new(Hands(AtomicI64::new(1_000)));
    let sequencer = database.sequencer_at(clock.clone());
    let show = show_of(&sequencer, 100).await;
    for seconds in [1_000, 1_003, 1_003, 1_004, 1_020, 1_020, 1_020, 1_021] {
        clock.0.store(seconds, Ordering::SeqCst);
        buy(&sequencer, show).await.unwrap();
    }
    let log = database.log().await;
    let mut connection = database.connect().await;
    let (begin, now) = (log[0].recorded_at, clock.now() + TimeDelta::seconds(5));
    for milliseconds in (-1_500..26_000).step_by(500) {
        let at = begin + TimeDelta::milliseconds(milliseconds);
        let found = Moment::Time(at).find(&mut connection, now).await.unwrap();
        assert_eq!(found, Past { position: last_until(&log, at), at }, "{at}");
    }
    let to_come = Moment::Time(now + TimeDelta::seconds(1)).find(&mut connection, now).await;
    assert!(matches!(to_come, Err(MomentError::Beyond { head }) if head == log.last().unwrap().position));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_position_is_a_moment_until_the_log_ends() {
    let database = Database::new().await;
    let mut connection = database.connect().await;
    let now = DateTime::from_timestamp(2_000, 0).unwrap();
    let empty = Moment::Time(now).find(&mut connection, now).await.unwrap();
    assert_eq!(empty.position, 0, "an empty log has a past, too");
    let sequencer = database.sequencer();
    show_of(&sequencer, 1).await;
    let log = database.log().await;
    for event in &log {
        let found = Moment::Position(event.position).find(&mut connection, now).await.unwrap();
        assert_eq!(found, Past { position: event.position, at: event.recorded_at });
    }
    assert_eq!(Moment::Position(0).find(&mut connection, now).await.unwrap().position, 0);
    let beyond = Moment::Position(3).find(&mut connection, now).await;
    assert!(matches!(beyond, Err(MomentError::Beyond { head: 2 })));
}

#[tokio::test(flavor = "multi_thread")]
async fn streams_that_are_longer_than_a_page_are_read_in_the_order_of_the_log() {
    let database = Database::new().await;
    let sequencer = database.sequencer();
    let (show, other) = (show_of(&sequencer, 2_500).await, show_of(&sequencer, 5).await);
    let sold = stream::iter(0..2_100).map(|_| buy(&sequencer, show)).buffer_unordered(64);
    assert!(sold.all(async |placed| placed.is_ok()).await);
    let log = database.log().await;
    let mut connection = database.connect().await;
    let streams = [StreamId::show(show), StreamId::inventory(show), StreamId::inventory(other)];
    let head = log.last().unwrap().position;
    for until in [0, 1, 2, head / 2, head] {
        let mut reading = Streams::new(streams, until);
        let mut read = vec![];
        while let Some(event) = reading.next(&mut connection).await.unwrap() {
            read.push(event);
        }
        let wanted = log.iter().filter(|event| {
            event.position <= until && streams.iter().any(|stream| stream.to_string() == event.stream_id)
        });
        assert!(read.iter().eq(wanted), "until {until}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn short_streams_stretches_and_single_events_are_read_at_once() {
    let database = Database::new().await;
    let sequencer = database.sequencer();
    let show = show_of(&sequencer, 5).await;
    let placed = buy(&sequencer, show).await.unwrap().answer;
    buy(&sequencer, show).await.unwrap();
    let log = database.log().await;
    let mut connection = database.connect().await;
    let own = [StreamId::payment(placed.payment_id), StreamId::order(placed.order_id)];
    assert_eq!(events_of(&mut connection, &own, 8).await.unwrap(), log[3..5]);
    assert_eq!(events_of(&mut connection, &own, 4).await.unwrap(), log[3..4]);
    let read = stretches(&mut connection, &[(7, 9), (-3, 2)]).await.unwrap();
    assert_eq!(read, [&log[..2], &log[6..8]].concat());
    let (stream, id) = (StreamId::show(show), log[1].event_id);
    assert_eq!(find_in_stream(&mut connection, stream, id).await.unwrap().as_ref(), Some(&log[1]));
    assert_eq!(find_in_stream(&mut connection, own[0], id).await.unwrap(), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn streams_are_found_where_they_begin_and_read_from_where_they_were_left() {
    let database = Database::new().await;
    let sequencer = database.sequencer();
    let show = show_of(&sequencer, 9).await;
    let (first, second) =
        (buy(&sequencer, show).await.unwrap().answer, buy(&sequencer, show).await.unwrap().answer);
    let log = database.log().await;
    let mut connection = database.connect().await;
    let [first, second] = [first, second].map(|placed| StreamId::order(placed.order_id));
    let both = [Category::Order, Category::Inventory];
    let begun = streams_begun(&mut connection, &both, 0, 100).await.unwrap();
    assert_eq!(begun, [StreamId::inventory(show), first, second]);
    let at =
        |stream: StreamId| log.iter().find(|event| event.stream_id == stream.to_string()).unwrap().position;
    let later = streams_begun(&mut connection, &[Category::Order], at(first), at(second)).await.unwrap();
    assert_eq!(later, [second]);
    let earlier = streams_begun(&mut connection, &[Category::Order], 0, at(second) - 1).await.unwrap();
    assert_eq!(earlier, [first]);
    let wanted = [(StreamId::show(show), 1), (StreamId::inventory(show), 0)];
    let page = events_after(&mut connection, &wanted, 100, 1).await.unwrap();
    assert_eq!(page, log[1..3]);
    assert_eq!(events_after(&mut connection, &wanted, 2, 1).await.unwrap(), log[1..2]);
}
