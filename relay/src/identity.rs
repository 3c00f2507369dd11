//! Is what lies in the stream what lies in the log? Numbers alone don't say: one foreign message, or a restored
//! database that grew again, would go unnoticed.

use async_nats::{
    HeaderMap,
    jetstream::{Context, stream::Info},
};
use data_encoding::HEXLOWER;
use event_store::{EventName, Hash, Head, LogReader, Position, RecordedEvent, canonical::GENESIS};
use faultpoint::{Sabotage, sabotaged};
use uuid::Uuid;

use crate::{
    encode::header,
    error::{Accident, RelayError},
    options::RelayOptions,
    stream::{self, LOG_ID},
    tail::{TailMessage, tail},
};

/// How many events are read at once to be compared.
const PAGE: u64 = 100;

/// A place in the log: what comes next must follow from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) position: Position,
    pub(crate) hash: Hash,
}

/// What a look at stream and log showed.
#[derive(Debug)]
pub(crate) struct Examined {
    /// The log.
    pub(crate) head: Head,
    /// The stream, if there is one.
    pub(crate) stream: Option<Info>,
    /// Whether a message was there to be compared.
    pub(crate) compared: bool,
}

/// Compares the stream's end with the log at those positions.
///
/// # Errors
/// An [`Accident`] when they differ or the stream is ahead.
pub(crate) async fn examine(
    context: &Context,
    log: &mut LogReader,
    options: &RelayOptions,
) -> Result<Examined, RelayError> {
    // The stream first: relays publish only what is committed, so a head read later can't be behind it.
    let stream = stream::look_up(context, &options.stream).await?;
    let head = log.head().await?;
    let Some(info) = stream else {
        return Ok(Examined { head, stream: None, compared: false });
    };
    same_log(&info, &head)?;
    let messages = tail(context, &info, options.window).await?;
    same_events(&messages, log, &head).await?;
    let sequence = info.state.last_sequence;
    if as_position(sequence) > head.position {
        return Err(Accident::Ahead { last: sequence, head: head.position }.into());
    }
    Ok(Examined { head, stream: Some(info), compared: !messages.is_empty() })
}

/// The log at a position.
pub(crate) async fn place(log: &mut LogReader, position: Position) -> Result<Place, RelayError> {
    if position == 0 {
        return Ok(Place { position, hash: GENESIS });
    }
    let event = log.at(position).await?.ok_or(RelayError::LogChanged(position))?;
    Ok(Place { position, hash: event.hash.0 })
}

/// A sequence beyond `i64` is beyond every log.
pub(crate) fn as_position(sequence: u64) -> Position {
    Position::try_from(sequence).unwrap_or(Position::MAX)
}

pub(crate) fn same_log(info: &Info, head: &Head) -> Result<(), Accident> {
    let found = info.config.metadata.get(LOG_ID);
    if found.and_then(|id| id.parse().ok()) == Some(head.log_id) {
        return Ok(());
    }
    Err(Accident::AnotherLog { found: found.cloned(), log: head.log_id })
}

/// Events are read in small pages, for each may have 256 KiB.
async fn same_events(messages: &[TailMessage], log: &mut LogReader, head: &Head) -> Result<(), RelayError> {
    for messages in messages.chunk_by(|one, next| one.sequence / PAGE == next.sequence / PAGE) {
        let Some(first) = messages.first() else { continue };
        let before = as_position(first.sequence) - 1;
        let events = log.after(before, as_position(PAGE)).await?;
        for message in messages {
            let index = usize::try_from(message.sequence - first.sequence).unwrap_or(usize::MAX);
            same_event(message, events.get(index), head)?;
        }
    }
    Ok(())
}

fn same_event(message: &TailMessage, event: Option<&RecordedEvent>, head: &Head) -> Result<(), RelayError> {
    if sabotaged(Sabotage::RelayTrustsNumbers) {
        return Ok(());
    }
    let sequence = message.sequence;
    let Some(named) = &message.named else {
        return Err(Accident::Foreign { sequence, subject: message.subject.clone() }.into());
    };
    let other = Accident::AnotherHistory { sequence, found: named.event_id };
    if named.log_id != head.log_id {
        return Err(other.into());
    }
    match event {
        None if as_position(sequence) > head.position => Ok(()),
        None => Err(RelayError::LogChanged(as_position(sequence) - 1)),
        Some(event) if named.is(event) => Ok(()),
        Some(_) => Err(other.into()),
    }
}

/// What a message says it is.
#[derive(Debug)]
pub(crate) struct Named {
    log_id: Uuid,
    event_id: Uuid,
    hash: Hash,
}

impl Named {
    /// Whether it is this event, with all before it.
    pub(crate) fn is(&self, event: &RecordedEvent) -> bool {
        event.event_id == self.event_id && event.hash.0 == self.hash
    }

    /// Whether it is this event of that log, with all before it.
    pub(crate) fn is_of(&self, event: &EventName, log_id: Uuid) -> bool {
        let same = (self.log_id, self.event_id, self.hash) == (log_id, event.event_id, event.hash.0);
        same || sabotaged(Sabotage::RelayTrustsNumbers)
    }

    pub(crate) fn read(headers: &HeaderMap) -> Option<Self> {
        let text = |name| headers.get(name).map(async_nats::HeaderValue::as_str);
        Some(Self {
            log_id: text(header::LOG_ID)?.parse().ok()?,
            event_id: text(header::EVENT_ID)?.parse().ok()?,
            hash: HEXLOWER.decode(text(header::HASH)?.as_bytes()).ok()?.try_into().ok()?,
        })
    }
}
