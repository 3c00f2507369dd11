//! `JetStream` equals the log wherever it still holds a message.

use async_nats::jetstream::consumer;
use futures::StreamExt;

use super::ledger::{Ledger, News};
use crate::support::{World, audit};

/// Compares the messages of the new events. How many are missing in between: NATS may lose some, and whoever notices
/// reads the log.
pub(super) async fn equals(world: &World, ledger: &Ledger, news: &News) -> usize {
    if news.events.is_empty() {
        return 0;
    }
    let stream = audit::filled(world, ledger.head()).await;
    let first = stream.cached_info().state.first_sequence.max(u64::try_from(news.first).unwrap());
    let config = consumer::pull::Config {
        deliver_policy: consumer::DeliverPolicy::ByStartSequence { start_sequence: first },
        ack_policy: consumer::AckPolicy::None,
        ..consumer::pull::Config::default()
    };
    let consumer = stream.create_consumer(config).await.unwrap();
    let held = usize::try_from(consumer.cached_info().num_pending).unwrap();
    let mut messages = consumer.messages().await.unwrap().take(held);
    while let Some(message) =
        tokio::time::timeout(audit::NEXT_MESSAGE, messages.next()).await.expect("a message")
    {
        let message = message.unwrap();
        let sequence = i64::try_from(message.info().unwrap().stream_sequence).unwrap();
        let event = &news.events[usize::try_from(sequence - news.first).unwrap()];
        audit::is_the_event(&message, event);
    }
    let last = u64::try_from(ledger.head()).unwrap();
    usize::try_from((last + 1).saturating_sub(first)).unwrap() - held
}
