//! Reading the stream, without the messages' payload.

use std::time::Duration;

use async_nats::jetstream::{
    Context, Message,
    consumer::{
        DeliverPolicy,
        pull::{Ordered, OrderedConfig},
    },
    stream::RawMessageErrorKind,
};
use event_store::Position;
use futures::StreamExt;
use tokio::time::timeout;

use crate::{
    error::{Asked, RelayError},
    identity::{Named, as_position},
};

/// How long a message may take that NATS says it has.
const SILENCE: Duration = Duration::from_secs(5);
const ASKED: &str = "show its messages";

/// A message.
#[derive(Debug)]
pub(crate) struct Heard {
    pub(crate) sequence: Position,
    /// What it says it is; nothing when no relay made it.
    pub(crate) named: Option<Named>,
}

/// The messages from a sequence on.
pub(crate) struct Messages<'a> {
    context: &'a Context,
    stream: &'a str,
    consumer: Ordered,
    /// The sequence of the last one that was heard.
    last: u64,
    /// One that was heard and not yet handed out.
    next: Option<Heard>,
    /// NATS has no more.
    ended: bool,
}

impl<'a> Messages<'a> {
    pub(crate) async fn from(
        context: &'a Context,
        stream: &'a str,
        first: Position,
    ) -> Result<Self, RelayError> {
        let last = u64::try_from(first - 1).unwrap_or_default();
        let consumer = open(context, stream, last).await?;
        Ok(Self { context, stream, consumer, last, next: None, ended: false })
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

    /// Silence is no hole: where nothing comes, NATS is asked whether there is something, and, if so, once more for it.
    async fn hear(&mut self) -> Result<(), RelayError> {
        for _ in 0..2 {
            if let Some(message) = self.following().await? {
                let info = message.info().map_err(RelayError::nats(ASKED))?;
                self.ended = info.pending == 0;
                self.last = info.stream_sequence;
                let sequence = as_position(info.stream_sequence);
                self.next = Some(Heard { sequence, named: message.headers.as_ref().and_then(Named::read) });
                return Ok(());
            }
            if !self.has_more().await? {
                self.ended = true;
                return Ok(());
            }
            self.consumer = open(self.context, self.stream, self.last).await?;
        }
        let reason = format!("it has messages after {}, and falls silent when asked for them", self.last);
        Err(RelayError::Nats { asked: ASKED, reason })
    }

    async fn following(&mut self) -> Result<Option<Message>, RelayError> {
        match timeout(SILENCE, self.consumer.next()).await {
            Ok(message) => message.transpose().asked(ASKED),
            Err(_) => Ok(None),
        }
    }

    async fn has_more(&self) -> Result<bool, RelayError> {
        let stream = self.context.get_stream_no_info(self.stream).await.asked(ASKED)?;
        match stream.get_first_raw_message_by_subject(">", self.last + 1).await {
            Ok(_) => Ok(true),
            Err(error) if error.kind() == RawMessageErrorKind::NoMessageFound => Ok(false),
            Err(error) => Err(error).asked(ASKED),
        }
    }
}

/// The messages after a sequence. The consumer begins anew by itself where one of them was lost on the way.
async fn open(context: &Context, stream: &str, last: u64) -> Result<Ordered, RelayError> {
    let config = OrderedConfig {
        deliver_policy: DeliverPolicy::ByStartSequence { start_sequence: last + 1 },
        headers_only: true,
        ..OrderedConfig::default()
    };
    let stream = context.get_stream_no_info(stream).await.asked(ASKED)?;
    let consumer = stream.create_consumer(config).await.asked(ASKED)?;
    consumer.messages().await.asked(ASKED)
}
