//! The five accidents: two are healed, three must not be.

use async_nats::HeaderMap;
use relay::{Accident, RelayState, stream_config};

use crate::support::{Relay, World};

/// A world whose log and stream hold ten events, and no relay.
async fn ten_events() -> World {
    let mut world = World::new().await;
    world.log.append(10).await;
    let relay = world.relay();
    world.stream_becomes_the_log().await;
    relay.stop().await;
    world
}

async fn stops(relay: &mut Relay) -> Accident {
    match relay.becomes(|state| matches!(state, RelayState::Stopped { .. })).await.state {
        RelayState::Stopped { reason } => reason,
        other @ (RelayState::Standby | RelayState::Connecting | RelayState::Relaying) => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_missing_stream_is_made_and_filled() {
    let mut world = ten_events().await;
    world.stream.delete().await;
    let _relay = world.relay();
    world.stream_becomes_the_log().await;
}

#[tokio::test]
async fn a_stream_that_is_deleted_while_relaying_is_made_and_filled() {
    let mut world = ten_events().await;
    let mut relay = world.relay();
    relay.becomes(|state| *state == RelayState::Relaying).await;
    world.stream.delete().await;
    world.log.append(10).await;
    world.stream_becomes_the_log().await;
}

#[tokio::test]
async fn a_purged_stream_goes_on_at_the_same_sequences() {
    let mut world = ten_events().await;
    world.stream.purge().await;
    world.log.append(10).await;
    let _relay = world.relay();
    world.stream.reaches(20).await;
    world.stream_is_the_log_from(11).await;
}

#[tokio::test]
async fn a_stream_that_is_behind_is_filled_at_the_same_sequences() {
    let mut world = ten_events().await;
    world.log.append(1_000).await;
    let _relay = world.relay();
    world.stream_becomes_the_log().await;
}

#[tokio::test]
async fn a_stream_ahead_of_the_log_stops_the_relay() {
    let mut world = ten_events().await;
    world.log.cut_to(7).await;
    let mut relay = world.relay();
    assert_eq!(stops(&mut relay).await, Accident::Ahead { last: 10, head: 7 });
    assert_eq!(world.stream.last().await, Some(10));
}

#[tokio::test]
async fn a_log_that_is_cut_while_relaying_stops_the_relay() {
    let mut world = ten_events().await;
    let mut relay = world.relay();
    relay.becomes(|state| *state == RelayState::Relaying).await;
    world.log.cut_to(7).await;
    assert_eq!(stops(&mut relay).await, Accident::Ahead { last: 10, head: 7 });
}

#[tokio::test]
async fn a_foreign_message_stops_the_relay_even_when_the_numbers_agree() {
    let mut world = ten_events().await;
    assert_eq!(world.stream.publish(HeaderMap::new()).await, 11);
    world.log.append(1).await;
    let mut relay = world.relay();
    let subject = format!("{}.order.1.Foreign", world.options.subject_prefix);
    assert_eq!(stops(&mut relay).await, Accident::Foreign { sequence: 11, subject });
    assert_eq!(world.stream.last().await, Some(11));
}

#[tokio::test]
async fn a_foreign_message_is_noticed_with_the_next_event() {
    let mut world = ten_events().await;
    let mut relay = world.relay();
    relay.becomes(|state| *state == RelayState::Relaying).await;
    world.stream.publish(HeaderMap::new()).await;
    world.log.append(5).await;
    // The second of the five fulfils its expectation, so the last message alone would prove nothing.
    assert!(matches!(stops(&mut relay).await, Accident::Foreign { sequence: 11, .. }));
}

#[tokio::test]
async fn a_foreign_message_is_noticed_while_nothing_happens() {
    let world = ten_events().await;
    let mut relay = world.relay();
    relay.becomes(|state| *state == RelayState::Relaying).await;
    world.stream.publish(HeaderMap::new()).await;
    assert!(matches!(stops(&mut relay).await, Accident::Foreign { sequence: 11, .. }));
}

#[tokio::test]
async fn a_restored_log_that_grew_again_stops_the_relay_even_when_the_numbers_agree() {
    let mut world = ten_events().await;
    let eighth = world.log.after(7).await.remove(0);
    world.log.cut_to(7).await;
    world.log.append(8).await;
    let mut relay = world.relay();
    assert_eq!(stops(&mut relay).await, Accident::AnotherHistory { sequence: 8, found: eighth.event_id });
    assert_eq!(world.stream.last().await, Some(10));
}

#[tokio::test]
async fn a_log_that_is_exchanged_while_relaying_stops_the_relay() {
    let mut world = ten_events().await;
    let mut relay = world.relay();
    relay.becomes(|state| *state == RelayState::Relaying).await;
    world.log.cut_to(7).await;
    world.log.append(8).await;
    assert!(matches!(stops(&mut relay).await, Accident::AnotherHistory { sequence: 8, .. }));
    assert_eq!(world.stream.last().await, Some(10));
}

#[tokio::test]
async fn the_stream_of_another_log_stops_the_relay() {
    let mut world = ten_events().await;
    let old = world.log.id.to_string();
    world.log.renew_id().await;
    let mut relay = world.relay();
    assert_eq!(stops(&mut relay).await, Accident::AnotherLog { found: Some(old), log: world.log.id });
}

#[tokio::test]
async fn a_stream_that_someone_else_made_stops_the_relay() {
    let mut world = World::new().await;
    world.log.append(5).await;
    let mut config = stream_config(&world.options, world.log.id, 1);
    config.metadata.clear();
    world.stream.create(config).await;
    let mut relay = world.relay();
    assert_eq!(stops(&mut relay).await, Accident::AnotherLog { found: None, log: world.log.id });
    assert_eq!(world.stream.last().await, Some(0));
}
