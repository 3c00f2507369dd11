//! `JetStream`, message by message against the log.

use std::time::Duration;

use async_nats::{
    HeaderMap,
    jetstream::{self, consumer},
};
use data_encoding::HEXLOWER;
use futures::StreamExt;
use serde_json::{Value, json};
use sqlx::types::chrono::{DateTime, Utc};

use super::Event;
use crate::support::{World, eventually};

/// A relay whose predecessor was killed waits for its lease to end.
const REFILLS_WITHIN: Duration = Duration::from_mins(1);
/// How long a message may take that the stream has.
pub(crate) const NEXT_MESSAGE: Duration = Duration::from_secs(10);

/// The stream ends where the log ends; every message in it stands at its event's position and says the same.
pub(super) async fn equals(world: &World, log: &[Event]) {
    let stream = filled(world, log.last().map_or(0, |event| event.position)).await;
    let first = stream.cached_info().state.first_sequence;
    let everything = consumer::pull::Config {
        deliver_policy: consumer::DeliverPolicy::All,
        ack_policy: consumer::AckPolicy::None,
        ..consumer::pull::Config::default()
    };
    let mut messages = stream.create_consumer(everything).await.unwrap().messages().await.unwrap();
    for event in &log[usize::try_from(first).unwrap() - 1..] {
        let message = tokio::time::timeout(NEXT_MESSAGE, messages.next()).await.expect("a message");
        is_the_event(&message.unwrap().unwrap(), event);
    }
}

/// A message stands at its event's position, and says the same.
pub(crate) fn is_the_event(message: &jetstream::Message, event: &Event) {
    let sequence = message.info().unwrap().stream_sequence;
    assert_eq!(i64::try_from(sequence).unwrap(), event.position, "a message is not where its event is");
    says(&serde_json::from_slice(&message.payload).unwrap(), event);
    let headers = message.headers.as_ref().unwrap();
    assert_eq!(header(headers, "Stagedoor-Hash"), HEXLOWER.encode(&event.hash));
    assert_eq!(header(headers, "ce-id"), event.event_id.to_string());
    assert_eq!(header(headers, "ce-type"), event.event_type);
}

/// Waits until the relay has published up to `head`.
pub(crate) async fn filled(world: &World, head: i64) -> jetstream::stream::Stream {
    let context = jetstream::new(client(world).await);
    eventually("a stream as long as the log", REFILLS_WITHIN, || async {
        let stream = context.get_stream(&world.stream).await.ok()?;
        let last = i64::try_from(stream.cached_info().state.last_sequence).unwrap();
        assert!(last <= head, "the stream has {last} messages, the log only {head} events");
        (last == head).then_some(stream)
    })
    .await
}

async fn client(world: &World) -> async_nats::Client {
    let url: async_nats::ServerAddr = world.engines.nats_url.parse().unwrap();
    engines::connect_options(&url).connect(url).await.unwrap()
}

fn header<'a>(headers: &'a HeaderMap, name: &str) -> &'a str {
    headers.get(name).unwrap_or_else(|| panic!("no header {name}")).as_str()
}

fn says(message: &Value, event: &Event) {
    let mut body = message.clone();
    let recorded_at = body.as_object_mut().unwrap().remove("recorded_at").unwrap();
    let recorded_at: DateTime<Utc> = recorded_at.as_str().unwrap().parse().unwrap();
    assert_eq!(recorded_at, event.recorded_at);
    let expected = json!({
        "position": event.position, "stream_id": event.stream_id, "version": event.version,
        "event_id": event.event_id, "type": event.event_type, "data": event.data, "metadata": event.metadata,
    });
    assert_eq!(body, expected);
}
