//! Hearing of events over `JetStream`: quick, and never trusted.
//!
//! The consumer is ours to make and to drop. Nothing is acknowledged and nothing is kept in NATS.

use std::time::Duration;

use async_nats::{
    Client,
    jetstream::{
        self,
        consumer::{AckPolicy, DeliverPolicy, pull},
    },
};
use event_store::{Position, RecordedEvent};
use faultpoint::{Point, Sabotage, sabotaged};
use futures::{FutureExt, StreamExt};
use tokio::time::timeout;
use uuid::Uuid;

use crate::message::{self, Doubt};

/// The most events taken at once.
const BATCH: usize = 1_000;
const OPEN_TIMEOUT: Duration = Duration::from_secs(3);
const HEARTBEAT: Duration = Duration::from_secs(2);
/// How long the server keeps a consumer that nobody pulls from.
const FORGOTTEN_AFTER: Duration = Duration::from_secs(15);

/// What NATS said, or failed to.
#[derive(Debug, thiserror::Error)]
pub(crate) enum HintError {
    /// Something is wrong with a message.
    #[error(transparent)]
    Doubt(#[from] Doubt),
    /// The stream no longer reaches back as far.
    #[error("the stream begins at {first}, after position {after}")]
    TooOld { first: Position, after: Position },
    /// The consumer could not be made, or is gone.
    #[error("{0}")]
    Away(String),
}

/// A consumer from some position on.
pub(crate) struct Hint {
    messages: pull::Stream,
    log_id: Uuid,
    /// Found behind events that were good.
    doubt: Option<Doubt>,
}

impl Hint {
    /// A consumer of everything after a position.
    pub(crate) async fn open(
        client: Client,
        stream: String,
        after: Position,
        log_id: Uuid,
    ) -> Result<Self, HintError> {
        let opening = async {
            let context = jetstream::new(client);
            let stream = context.get_stream(stream).await.map_err(away)?;
            let first =
                Position::try_from(stream.cached_info().state.first_sequence).unwrap_or(Position::MAX);
            if first > after + 1 {
                return Err(HintError::TooOld { first, after });
            }
            let consumer = stream.create_consumer(config(after)).await.map_err(away)?;
            let pull = consumer.stream().max_messages_per_batch(BATCH).heartbeat(HEARTBEAT);
            let messages = pull.messages().await.map_err(away)?;
            Ok(Self { messages, log_id, doubt: None })
        };
        timeout(OPEN_TIMEOUT, opening).await.unwrap_or_else(|_| Err(HintError::Away("no answer".to_owned())))
    }

    /// The next events after a position, consecutive and without a gap; waits for the first. What is at or before
    /// the position is dropped. May be cancelled: it waits only while it holds nothing.
    pub(crate) async fn after(&mut self, after: Position) -> Result<Vec<RecordedEvent>, HintError> {
        if let Some(doubt) = self.doubt.take() {
            return Err(doubt.into());
        }
        loop {
            let Some(message) = self.messages.next().await else {
                return Err(HintError::Away("the consumer ended".to_owned()));
            };
            faultpoint::pass(Point::HintHeard).await.map_err(away)?;
            let Some(event) = self.judge(&message.map_err(away)?, after)? else { continue };
            let mut events = vec![event];
            self.drain(&mut events);
            return Ok(events);
        }
    }

    /// Takes what has arrived already, as long as it is in order.
    fn drain(&mut self, events: &mut Vec<RecordedEvent>) {
        while events.len() < BATCH {
            let Some(Some(Ok(message))) = self.messages.next().now_or_never() else { return };
            let last = events.last().map_or(0, |event| event.position);
            match self.judge(&message, last) {
                Ok(event) => events.extend(event),
                Err(doubt) => {
                    self.doubt = Some(doubt);
                    return;
                }
            }
        }
    }

    /// The event, if it is the next one; `None` if it is already known.
    fn judge(&self, message: &jetstream::Message, after: Position) -> Result<Option<RecordedEvent>, Doubt> {
        let Some(sequence) = message::sequence(message) else {
            return Err(Doubt::Foreign("not from a stream".to_owned()));
        };
        if sequence <= after {
            return Ok(None);
        }
        if sequence != after + 1 && !sabotaged(Sabotage::ProjectionSkipsAGap) {
            return Err(Doubt::Gap { expected: after + 1, heard: sequence });
        }
        message::read(message, sequence, self.log_id).map(Some)
    }
}

fn config(after: Position) -> pull::Config {
    pull::Config {
        deliver_policy: DeliverPolicy::ByStartSequence {
            start_sequence: u64::try_from(after + 1).unwrap_or(1),
        },
        ack_policy: AckPolicy::None,
        inactive_threshold: FORGOTTEN_AFTER,
        memory_storage: true,
        num_replicas: 1,
        ..pull::Config::default()
    }
}

fn away(error: impl std::fmt::Display) -> HintError {
    HintError::Away(error.to_string())
}
