//! The end of the stream, as far back as a window of messages may have been in flight.
//!
//! The last message alone proves too little: a foreign message that takes the place of one event in a pipelined
//! window fulfils the expectation of the next, so that everything after it is accepted and the last message is ours.

use std::time::Duration;

use async_nats::jetstream::{
    Context,
    consumer::{
        AckPolicy, DeliverPolicy,
        pull::{self, Batch},
    },
    stream::Info,
};
use futures::StreamExt;
use uuid::Uuid;

use crate::{
    error::{Asked, RelayError},
    identity::Named,
};

const FORGOTTEN_AFTER: Duration = Duration::from_secs(10);
const ASKED: &str = "show the stream's end";

/// A message of the tail.
#[derive(Debug)]
pub(crate) struct TailMessage {
    pub(crate) sequence: u64,
    pub(crate) subject: String,
    /// What it says it is; nothing when no relay made it.
    pub(crate) named: Option<Named>,
}

/// The messages among the last `window` sequences that are still there, in order, without their payload.
pub(crate) async fn tail(
    context: &Context,
    info: &Info,
    window: u16,
) -> Result<Vec<TailMessage>, RelayError> {
    let (first, last) = (info.state.first_sequence, info.state.last_sequence);
    if info.state.messages == 0 {
        return Ok(Vec::new());
    }
    let start_sequence = first.max(last.saturating_sub(u64::from(window)) + 1);
    let stream = context.get_stream_no_info(&info.config.name).await.asked(ASKED)?;
    let config = pull::Config {
        name: Some(format!("stagedoor-relay-{}", Uuid::new_v4().simple())),
        ack_policy: AckPolicy::None,
        deliver_policy: DeliverPolicy::ByStartSequence { start_sequence },
        headers_only: true,
        memory_storage: true,
        inactive_threshold: FORGOTTEN_AFTER,
        ..pull::Config::default()
    };
    let name = config.name.clone().unwrap_or_default();
    let consumer = stream.create_consumer(config).await.asked(ASKED)?;
    let batch = consumer.fetch().max_messages(usize::from(window)).messages().await.asked(ASKED)?;
    let messages = read(batch, last).await?;
    // A courtesy: the server forgets it by itself.
    drop(stream.delete_consumer(&name).await);
    complete(messages, info, last - start_sequence + 1)
}

async fn read(mut batch: Batch, last: u64) -> Result<Vec<TailMessage>, RelayError> {
    let mut messages = Vec::new();
    while let Some(message) = batch.next().await {
        let message = message.map_err(RelayError::nats(ASKED))?;
        let sequence = message.info().map_err(RelayError::nats(ASKED))?.stream_sequence;
        if sequence <= last {
            let named = message.headers.as_ref().and_then(Named::read);
            messages.push(TailMessage { sequence, subject: message.subject.to_string(), named });
        }
    }
    Ok(messages)
}

/// Where nothing was deleted from the middle, fewer messages than sequences mean that not all were shown.
fn complete(messages: Vec<TailMessage>, info: &Info, expected: u64) -> Result<Vec<TailMessage>, RelayError> {
    let shown = u64::try_from(messages.len()).unwrap_or(u64::MAX);
    if info.state.deleted_count.unwrap_or(0) == 0 && shown < expected {
        return Err(RelayError::Hidden { shown, of: expected });
    }
    Ok(messages)
}
