//! Reading the stream, without the messages' payload.

use std::time::Duration;

use async_nats::jetstream::{
    Context,
    consumer::{AckPolicy, DeliverPolicy, pull},
};
use event_store::Position;
use futures::StreamExt;
use tokio::time::timeout;

use crate::{
    error::{Asked, RelayError},
    identity::{Named, as_position},
};

/// How long a message may take that NATS says it has.
const SILENCE: Duration = Duration::from_secs(10);
/// Messages asked for at once.
const BATCH: usize = 2_000;
const ASKED: &str = "show its messages";

/// A message.
#[derive(Debug)]
pub(crate) struct Heard {
    pub(crate) sequence: Position,
    /// What it says it is; nothing when no relay made it.
    pub(crate) named: Option<Named>,
}

/// The messages from a sequence on.
pub(crate) struct Messages {
    stream: pull::Stream,
    /// One that was heard and not yet handed out.
    next: Option<Heard>,
    /// NATS has no more, or does not show what it says it has.
    ended: bool,
}

impl Messages {
    pub(crate) async fn from(context: &Context, stream: &str, first: Position) -> Result<Self, RelayError> {
        let stream = context.get_stream_no_info(stream).await.asked(ASKED)?;
        let start_sequence = u64::try_from(first).unwrap_or(1);
        let config = pull::Config {
            ack_policy: AckPolicy::None,
            deliver_policy: DeliverPolicy::ByStartSequence { start_sequence },
            headers_only: true,
            memory_storage: true,
            inactive_threshold: 2 * SILENCE,
            ..pull::Config::default()
        };
        let consumer = stream.create_consumer(config).await.asked(ASKED)?;
        let stream = consumer.stream().max_messages_per_batch(BATCH).messages().await.asked(ASKED)?;
        Ok(Self { stream, next: None, ended: false })
    }

    /// Those up to a sequence that are there, in order.
    pub(crate) async fn up_to(&mut self, to: Position) -> Result<Vec<Heard>, RelayError> {
        let mut heard = Vec::new();
        loop {
            if self.next.is_none() && !self.ended {
                self.hear().await?;
            }
            match self.next.take_if(|message| message.sequence <= to) {
                Some(message) => heard.push(message),
                None => return Ok(heard),
            }
        }
    }

    async fn hear(&mut self) -> Result<(), RelayError> {
        let Ok(Some(message)) = timeout(SILENCE, self.stream.next()).await else {
            self.ended = true;
            return Ok(());
        };
        let message = message.asked(ASKED)?;
        let info = message.info().map_err(RelayError::nats(ASKED))?;
        self.ended = info.pending == 0;
        let sequence = as_position(info.stream_sequence);
        self.next = Some(Heard { sequence, named: message.headers.as_ref().and_then(Named::read) });
        Ok(())
    }
}
