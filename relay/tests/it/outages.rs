//! NATS or Postgres away.

use engines::testing::private_nats;
use relay::RelayState;

use crate::support::World;

#[tokio::test]
async fn nats_killed_and_its_store_deleted_while_relaying_is_filled_again() {
    let engine = private_nats().await.unwrap();
    let mut world = World::on(&engine.nats.relay_url()).await;
    world.log.append(500).await;
    let mut relay = world.relay();
    world.stream_becomes_the_log().await;
    engine.nats.wipe().unwrap();
    relay.becomes(|state| *state == RelayState::Connecting).await;
    world.log.append(500).await;
    engine.nats.restart().await.unwrap();
    world.stream_becomes_the_log().await;
    relay.becomes(|state| *state == RelayState::Relaying).await;
}

#[tokio::test]
async fn nats_killed_again_and_again_leaves_neither_hole_nor_duplicate() {
    let engine = private_nats().await.unwrap();
    let mut world = World::on(&engine.nats.relay_url()).await;
    let mut relay = world.relay();
    for round in 1..=3 {
        world.log.append(300).await;
        world.stream.reaches_at_least(300 * (round - 1) + 100).await;
        engine.nats.kill9().unwrap();
        engine.nats.restart().await.unwrap();
    }
    world.stream_becomes_the_log().await;
    relay.becomes(|state| *state == RelayState::Relaying).await;
}

#[tokio::test]
async fn a_relay_that_starts_before_nats_waits_for_it() {
    let engine = private_nats().await.unwrap();
    let mut world = World::on(&engine.nats.relay_url()).await;
    engine.nats.kill9().unwrap();
    world.log.append(5).await;
    let mut relay = world.relay();
    relay.becomes(|state| *state == RelayState::Connecting).await;
    engine.nats.restart().await.unwrap();
    world.stream_becomes_the_log().await;
}

#[tokio::test]
async fn lost_database_connections_are_opened_again() {
    let mut world = World::new().await;
    world.log.append(5).await;
    let mut relay = world.relay();
    world.stream_becomes_the_log().await;
    world
        .log
        .execute(
            "select pg_terminate_backend(pid) from pg_stat_activity
             where datname = current_database() and pid <> pg_backend_pid() and application_name in ('stagedoor relay', 'stagedoor relay lease')",
        )
        .await;
    world.log.append(5).await;
    world.stream_becomes_the_log().await;
    relay.becomes(|state| *state == RelayState::Relaying).await;
}
