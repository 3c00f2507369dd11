//! `relay status` and `relay reset`.

use async_nats::HeaderMap;
use relay::{Accident, RelayOptions, RelayState, ResetProgress, Verdict, reset, status};
use uuid::Uuid;

use crate::support::{Relay, World};

fn someone_else(options: &RelayOptions) -> RelayOptions {
    RelayOptions { holder: Uuid::new_v4(), ..options.clone() }
}

async fn with_a_foreign_message() -> World {
    let mut world = World::new().await;
    world.log.append(10).await;
    let relay = world.relay();
    world.stream_becomes_the_log().await;
    relay.stop().await;
    world.stream.publish(HeaderMap::new()).await;
    world.log.append(10).await;
    world
}

#[tokio::test]
async fn a_reset_deletes_and_refills_when_no_relay_runs() {
    let mut world = with_a_foreign_message().await;
    let mut seen = Vec::new();
    reset(&someone_else(&world.options), |progress| seen.push(progress)).await.unwrap();
    world.stream_becomes_the_log().await;
    assert_eq!(seen.last(), Some(&ResetProgress { from: 0, position: 20, head: 20 }));
}

#[tokio::test]
async fn after_a_reset_the_stopped_relay_works_again() {
    let mut world = with_a_foreign_message().await;
    let mut relay = world.relay();
    relay.becomes(|state| matches!(state, RelayState::Stopped { .. })).await;
    reset(&someone_else(&world.options), |_| ()).await.unwrap();
    relay.becomes(|state| *state == RelayState::Relaying).await;
    world.log.append(10).await;
    world.stream_becomes_the_log().await;
}

#[tokio::test]
async fn a_reset_while_relaying_loses_nothing() {
    let mut world = World::new().await;
    world.log.append(100).await;
    let _relay = world.relay();
    world.stream_becomes_the_log().await;
    reset(&someone_else(&world.options), |_| ()).await.unwrap();
    world.log.append(100).await;
    world.stream_becomes_the_log().await;
}

#[tokio::test]
async fn the_status_tells_leader_lag_and_verdict() {
    let mut world = World::new().await;
    world.log.append(10).await;
    let missing = status(&world.options).await.unwrap();
    assert_eq!((missing.verdict, missing.lag, missing.leader), (Verdict::Missing, 10, None));
    let relay = world.relay();
    world.stream_becomes_the_log().await;
    let same = status(&world.options).await.unwrap();
    assert_eq!((same.verdict, same.lag, same.leader), (Verdict::Same, 0, Some(world.options.holder)));
    assert_eq!(same.stream.map(|stream| (stream.first_sequence, stream.last_sequence)), Some((1, 10)));
    relay.stop().await;
    world.stream.publish(HeaderMap::new()).await;
    let report = status(&world.options).await.unwrap();
    assert!(matches!(report.verdict, Verdict::Differs { reason: Accident::Foreign { sequence: 11, .. } }));
    assert_eq!((report.lag, report.leader), (-1, None));
}

#[tokio::test]
async fn a_purged_stream_has_nothing_to_compare() {
    let mut world = World::new().await;
    world.log.append(10).await;
    let _relay: Relay = world.relay();
    world.stream_becomes_the_log().await;
    world.stream.purge().await;
    assert_eq!(status(&world.options).await.unwrap().verdict, Verdict::NothingToCompare);
}
