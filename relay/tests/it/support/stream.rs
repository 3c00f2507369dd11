//! The stream as a third party sees it.

use std::time::Duration;

use async_nats::{
    HeaderMap,
    jetstream::{
        self, Context,
        consumer::{AckPolicy, DeliverPolicy, pull},
        stream::Info,
    },
};
use data_encoding::HEXLOWER;
use event_store::{Position, RecordedEvent};
use futures::TryStreamExt;
use relay::RelayOptions;
use serde_json::Value;
use uuid::Uuid;

use super::until;

pub struct Stream {
    pub context: Context,
    name: String,
    subject_prefix: String,
}

#[derive(Debug)]
pub struct Message {
    pub sequence: u64,
    pub subject: String,
    pub headers: HeaderMap,
    pub body: Value,
}

impl Stream {
    pub async fn new(options: &RelayOptions) -> Self {
        let client = relay::connect(&options.nats, "test").await.unwrap();
        let (name, subject_prefix) = (options.stream.clone(), options.subject_prefix.clone());
        Self { context: jetstream::new(client), name, subject_prefix }
    }

    pub async fn info(&self) -> Option<Info> {
        Some(self.context.get_stream(&self.name).await.ok()?.cached_info().clone())
    }

    pub async fn last(&self) -> Option<u64> {
        Some(self.info().await?.state.last_sequence)
    }

    pub async fn reaches(&self, position: Position) {
        self.reaches_at_least(position).await;
        assert_eq!(self.last().await, u64::try_from(position).ok(), "the stream grows beyond the log");
    }

    pub async fn reaches_at_least(&self, position: Position) {
        let wanted = u64::try_from(position).unwrap();
        until("the stream grows", || async { self.last().await.is_some_and(|last| last >= wanted) }).await;
    }

    /// What someone else might publish.
    pub async fn publish(&self, headers: HeaderMap) -> u64 {
        let subject = format!("{}.order.1.Foreign", self.subject_prefix);
        let ack = self.context.publish_with_headers(subject, headers, "{}".into()).await.unwrap();
        ack.await.unwrap().sequence
    }

    pub async fn create(&self, config: jetstream::stream::Config) {
        self.context.create_stream(config).await.unwrap();
    }

    pub async fn delete(&self) {
        self.context.delete_stream(&self.name).await.unwrap();
    }

    /// Takes away whoever reads it; how many there were.
    pub async fn remove_consumers(&self) -> usize {
        let stream = self.context.get_stream(&self.name).await.unwrap();
        let names: Vec<String> = stream.consumer_names().try_collect().await.unwrap();
        for name in &names {
            stream.delete_consumer(name).await.unwrap();
        }
        names.len()
    }

    pub async fn remove(&self, sequence: u64) {
        let stream = self.context.get_stream(&self.name).await.unwrap();
        assert!(stream.delete_message(sequence).await.unwrap());
    }

    pub async fn purge(&self) {
        self.context.get_stream(&self.name).await.unwrap().purge().await.unwrap();
    }

    /// Every message from a sequence on.
    pub async fn read(&self, first: Position) -> Vec<Message> {
        let stream = self.context.get_stream(&self.name).await.unwrap();
        let state = stream.cached_info().state.clone();
        let start_sequence = u64::try_from(first).unwrap();
        let config = pull::Config {
            ack_policy: AckPolicy::None,
            deliver_policy: DeliverPolicy::ByStartSequence { start_sequence },
            ..pull::Config::default()
        };
        let consumer = stream.create_consumer(config).await.unwrap();
        let count = usize::try_from(state.last_sequence + 1 - start_sequence).unwrap();
        let batch = consumer.batch().max_messages(count).expires(Duration::from_secs(20));
        batch.messages().await.unwrap().map_ok(|message| Message::of(&message)).try_collect().await.unwrap()
    }
}

impl Message {
    fn of(message: &jetstream::Message) -> Self {
        Self {
            sequence: message.info().unwrap().stream_sequence,
            subject: message.subject.to_string(),
            headers: message.headers.clone().unwrap_or_default(),
            body: serde_json::from_slice(&message.payload).unwrap(),
        }
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(async_nats::HeaderValue::as_str)
    }

    pub fn is(&self, event: &RecordedEvent, log_id: Uuid) {
        assert_eq!(Position::try_from(self.sequence), Ok(event.position));
        assert_eq!(self.body["position"], event.position);
        assert_eq!(self.body["event_id"], event.event_id.to_string());
        assert_eq!(self.header("ce-id"), Some(&*event.event_id.to_string()));
        assert_eq!(self.header("Stagedoor-Log-Id"), Some(&*log_id.to_string()));
        assert_eq!(self.header("Stagedoor-Hash"), Some(&*HEXLOWER.encode(&event.hash.0)));
        assert!(self.header("Nats-Msg-Id").is_none());
    }
}
