//! A stream of its own, filled as the relay fills it, or not quite.

use async_nats::{
    Client, HeaderMap,
    jetstream::{self, Context, stream},
};
use event_store::RecordedEvent;
use serde_json::value::RawValue;
use uuid::Uuid;

pub(crate) struct Stream {
    pub(crate) client: Client,
    pub(crate) name: String,
    pub(crate) context: Context,
}

impl Stream {
    pub(crate) async fn create() -> Self {
        let stream = Self::named(format!("PROJECTIONS_{}", Uuid::new_v4().simple())).await;
        stream.recreate(1).await;
        stream
    }

    async fn named(name: String) -> Self {
        let client = engines::testing::nats_client().await;
        Self { context: jetstream::new(client.clone()), client, name }
    }

    pub(crate) async fn recreate(&self, first_sequence: u64) {
        let _ = self.context.delete_stream(&self.name).await;
        let config = stream::Config {
            name: self.name.clone(),
            subjects: vec![format!("{}.>", self.name)],
            storage: stream::StorageType::Memory,
            first_sequence: Some(first_sequence),
            ..stream::Config::default()
        };
        self.context.create_stream(config).await.unwrap();
    }

    /// As the relay does.
    pub(crate) async fn publish(&self, events: &[RecordedEvent], log_id: Uuid) {
        for event in events {
            self.send(headers(event, log_id), body(event)).await;
        }
    }

    pub(crate) async fn send(&self, headers: HeaderMap, body: String) {
        let subject = format!("{}.event", self.name);
        let ack = self.context.publish_with_headers(subject, headers, body.into()).await.unwrap();
        ack.await.unwrap();
    }

    pub(crate) async fn delete(&self, sequence: u64) {
        let stream = self.context.get_stream(&self.name).await.unwrap();
        stream.delete_message(sequence).await.unwrap();
    }
}

pub(crate) fn headers(event: &RecordedEvent, log_id: Uuid) -> HeaderMap {
    let mut headers = HeaderMap::new();
    headers.insert("Stagedoor-Log-Id", log_id.to_string());
    headers.insert("Stagedoor-Hash", data_encoding::HEXLOWER.encode(&event.hash.0));
    headers.insert("ce-id", event.event_id.to_string());
    headers
}

pub(crate) fn body(event: &RecordedEvent) -> String {
    let raw = |json: &str| RawValue::from_string(json.to_owned()).unwrap();
    serde_json::json!({
        "position": event.position,
        "stream_id": event.stream_id,
        "version": event.version,
        "event_id": event.event_id,
        "type": event.event_type,
        "data": raw(&event.data),
        "metadata": raw(&event.metadata),
        "recorded_at": event.recorded_at,
    })
    .to_string()
}
