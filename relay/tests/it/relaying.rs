//! The quiet days.

use event_store::Position;
use relay::{RelayOptions, RelayState};
use uuid::Uuid;

use crate::support::{Relay, World};

#[tokio::test]
async fn every_message_has_its_events_position_as_sequence() {
    let mut world = World::new().await;
    world.log.append(1_000).await;
    let relay = world.relay();
    world.stream_becomes_the_log().await;
    world.log.append(1_000).await;
    world.stream_becomes_the_log().await;
    relay.stop().await;
}

#[tokio::test]
async fn a_message_has_the_fields_that_are_documented() {
    let mut world = World::new().await;
    world.log.append(1).await;
    let _relay = world.relay();
    world.stream_becomes_the_log().await;
    let message = world.stream.read(1).await.remove(0);
    let event = world.log.after(0).await.remove(0);
    let id = event.stream_id.strip_prefix("order-").unwrap();
    assert_eq!(message.subject, format!("{}.order.{id}.OrderPlaced", world.options.subject_prefix));
    let fields: Vec<_> = message.body.as_object().unwrap().keys().map(String::as_str).collect();
    let expected =
        ["data", "event_id", "metadata", "position", "recorded_at", "stream_id", "type", "version"];
    assert_eq!(fields, expected);
    assert_eq!(message.body["data"], serde_json::json!({"n": 1}));
}

#[tokio::test]
async fn an_event_too_large_for_the_server_goes_out_as_a_stub_in_its_place() {
    let mut world = World::new().await;
    world.log.append(1).await;
    world.log.append_large(1_500_000).await;
    world.log.append(1).await;
    let _relay = world.relay();
    world.stream_becomes_the_log().await;
    let messages = world.stream.read(1).await;
    let stubs: Vec<_> = messages.iter().map(|message| message.header("Stagedoor-Stub")).collect();
    assert_eq!(stubs, [None, Some("true"), None]);
    assert!(messages[1].body.get("data").is_none());
    assert_eq!(messages[1].body["type"], "OrderPlaced");
}

#[tokio::test]
async fn two_relays_at_once_add_nothing_even_when_both_believe_they_lead() {
    let mut world = World::new().await;
    world.log.append(500).await;
    let others = ["first", "second", "third"].map(|lease| RelayOptions {
        lease: lease.to_owned(),
        holder: Uuid::new_v4(),
        ..world.options.clone()
    });
    let relays = others.map(Relay::start);
    for _ in 0..10 {
        world.log.append(100).await;
    }
    world.stream_becomes_the_log().await;
    for relay in relays {
        relay.stop().await;
    }
}

#[tokio::test]
async fn the_second_relay_stands_by_and_takes_over_when_the_first_ends() {
    let mut world = World::new().await;
    world.log.append(3).await;
    let mut first = world.relay();
    first.becomes(|state| *state == RelayState::Relaying).await;
    let mut second = Relay::start(RelayOptions { holder: Uuid::new_v4(), ..world.options.clone() });
    world.stream_becomes_the_log().await;
    assert_eq!(second.status.borrow().state, RelayState::Standby);
    first.stop().await;
    second.becomes(|state| *state == RelayState::Relaying).await;
    world.log.append(3).await;
    world.stream_becomes_the_log().await;
}

#[tokio::test]
async fn a_new_stream_begins_where_the_slowest_consumer_is() {
    let mut world = World::new().await;
    world.log.append(50).await;
    world
        .log
        .execute(
            "create table if not exists process_checkpoints (name text primary key, position bigint, log_id uuid);
             insert into projection_checkpoints (name, position, log_id, version, state, updated_at)
                 select name, position, coalesce(other, log_id), 1, 'running', now() from log_identity,
                 (values ('orders', 30, null), ('shows', 40, null), ('foreign', 3, gen_random_uuid()))
                 as kept (name, position, other);",
        )
        .await;
    let _relay = world.relay();
    world.stream.reaches(50).await;
    world.stream_is_the_log_from(31).await;
    assert_eq!(world.stream.info().await.unwrap().state.first_sequence, 31);
}

#[tokio::test]
async fn a_new_stream_does_not_begin_with_what_its_limits_would_discard() {
    let mut world = World::new().await;
    world.log.append(2_000).await;
    world.options.max_bytes = 1 << 20;
    let _relay = world.relay();
    world.stream.reaches(2_000).await;
    let first = Position::try_from(world.stream.info().await.unwrap().state.first_sequence).unwrap();
    assert!((700..1_500).contains(&first), "{first}");
    world.stream_is_the_log_from(first).await;
}

#[tokio::test]
async fn limits_that_were_changed_reach_the_stream_without_a_reset() {
    let mut world = World::new().await;
    world.log.append(5).await;
    let relay = world.relay();
    world.stream_becomes_the_log().await;
    relay.stop().await;
    world.options.max_bytes = 32 << 20;
    let mut relay = world.relay();
    relay.becomes(|state| *state == RelayState::Relaying).await;
    assert_eq!(world.stream.info().await.unwrap().config.max_bytes, 32 << 20);
    world.stream_becomes_the_log().await;
}
