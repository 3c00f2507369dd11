//! Publishing the relay's messages without asking what the stream holds.

use std::time::{Duration, Instant};

use async_nats::{
    HeaderMap, HeaderName, ServerAddr, Subject,
    header::{NATS_EXPECTED_LAST_SEQUENCE, NATS_EXPECTED_STREAM},
    jetstream::{self, consumer::pull::OrderedConfig},
};
use bytes::Bytes;
use futures::StreamExt;

use crate::{fallible::Fallible, house::House};

/// As many as the relay has.
const WINDOW: usize = 2_000;

/// A message as the relay published it, less what it expects.
#[derive(Clone)]
pub(crate) struct Message {
    /// What follows the stream's own prefix.
    subject: String,
    headers: HeaderMap,
    payload: Bytes,
}

/// All messages of the house's stream.
pub(crate) async fn read(house: &House<'_>, count: u64) -> Fallible<Vec<Message>> {
    let stream = house.jetstream().await?.get_stream(house.stream()).await?;
    let consumer = stream.create_consumer(OrderedConfig::default()).await?;
    let mut incoming = consumer.messages().await?;
    let mut messages = Vec::with_capacity(usize::try_from(count)?);
    while (messages.len() as u64) < count {
        let message = incoming.next().await.ok_or("the stream ended early")??;
        let mut headers = HeaderMap::new();
        for (name, values) in message.headers.iter().flat_map(HeaderMap::iter) {
            if !is_expectation(name) {
                for value in values {
                    headers.append(name.clone(), value.clone());
                }
            }
        }
        let subject = message.subject.split_once('.').map(|(_, rest)| rest.to_owned()).unwrap_or_default();
        messages.push(Message { subject, headers, payload: message.payload.clone() });
    }
    Ok(messages)
}

fn is_expectation(name: &HeaderName) -> bool {
    [NATS_EXPECTED_LAST_SEQUENCE, NATS_EXPECTED_STREAM].contains(name)
}

/// Publishes them into a stream like the house's; messages a second. On two threads, as the relay has them.
pub(crate) async fn publish(house: &House<'_>, messages: Vec<Message>) -> Fallible<f64> {
    let jetstream = house.jetstream().await?;
    let house_stream = jetstream.get_stream(house.stream()).await?.cached_info().config.clone();
    let name = house.stream().replace("HOUSE", "FLOOR");
    let prefix = name.to_lowercase();
    let config = jetstream::stream::Config {
        name: name.clone(),
        subjects: vec![format!("{prefix}.>")],
        ..house_stream
    };
    jetstream.create_stream(config).await?;
    let url = house.nats_url().to_owned();
    let publishing = tokio::task::spawn_blocking(move || {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
        runtime.block_on(runtime.spawn(pump(url, prefix, messages)))?
    });
    let rate = publishing.await??;
    jetstream.delete_stream(name).await?;
    Ok(rate)
}

async fn pump(url: String, prefix: String, messages: Vec<Message>) -> Fallible<f64> {
    let url: ServerAddr = url.parse()?;
    let client = engines::connect_options(&url).client_capacity(WINDOW).connect(url).await?;
    let inbox = Subject::from(client.new_inbox());
    let mut acks = client.subscribe(inbox.clone()).await?;
    let count = messages.len();
    let begun = Instant::now();
    let mut acked = 0;
    for (sent, Message { subject, headers, payload }) in messages.into_iter().enumerate() {
        while sent - acked >= WINDOW {
            acks.next().await.ok_or("the connection was lost")?;
            acked += 1;
        }
        let subject = format!("{prefix}.{subject}");
        client.publish_with_reply_and_headers(subject, inbox.clone(), headers, payload).await?;
    }
    while acked < count {
        acks.next().await.ok_or("the connection was lost")?;
        acked += 1;
    }
    Ok(per_second(count as u64, begun.elapsed()))
}

/// A rate.
#[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
pub(crate) fn per_second(count: u64, took: Duration) -> f64 {
    count as f64 / took.as_secs_f64().max(1e-6)
}
