//! Message by message: is every event in the stream that should be?

use std::time::Duration;

use async_nats::jetstream::{self, Context, stream::Info};
use event_store::{Head, LogReader, Missing, Position};
use serde::Serialize;
use tokio::time::{Instant, sleep};

use crate::{
    error::{Accident, RelayError},
    first_sequence::first_sequence,
    identity::{as_position, same_log},
    messages::{Heard, Messages},
    nats::Link,
    options::RelayOptions,
    report::leader,
    stream,
};

/// How many messages are compared at once.
const STRETCH: Position = 5_000;
/// How long a relay that leads may take for what was appended a moment ago.
const ON_ITS_WAY: Duration = Duration::from_secs(5);
const LOOK_EVERY: Duration = Duration::from_millis(50);

/// What came of comparing stream and log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Reconciliation {
    /// The first position that the stream should hold: what is older it may have discarded.
    pub first: Position,
    /// The log's end.
    pub head: Position,
    /// Events that have no message, though later ones have.
    pub holes: Option<Missing>,
    /// Events after the stream's end.
    pub unrelayed: Option<Missing>,
    /// Messages that are not the event at their place.
    pub different: Option<Missing>,
    /// Messages beyond the log's end.
    pub ahead: Option<Missing>,
    /// The stream is another log's; nothing was compared.
    pub foreign: Option<Accident>,
}

impl Reconciliation {
    fn nothing(first: Position, head: &Head) -> Self {
        let (holes, unrelayed, different, ahead, foreign) = (None, None, None, None, None);
        Self { first, head: head.position, holes, unrelayed, different, ahead, foreign }
    }

    /// How many events there should be in the stream.
    #[must_use]
    pub fn of(&self) -> i64 {
        (self.head - self.first + 1).max(0)
    }

    /// Events that the stream lacks.
    #[must_use]
    pub fn missing(&self) -> Option<Missing> {
        Missing::and(self.holes, self.unrelayed)
    }

    /// Whether the stream says something else than the log. Which of them is right is not for a program to decide.
    #[must_use]
    pub fn contradicts(&self) -> bool {
        self.different.is_some() || self.ahead.is_some() || self.foreign.is_some()
    }
}

/// Compares every message with its event.
///
/// # Errors
/// Postgres or NATS can't be reached.
pub async fn reconcile(
    options: &RelayOptions,
    mut progress: impl FnMut(Position, Position),
) -> Result<Reconciliation, RelayError> {
    let link = Link::open(&options.nats, 1).await?;
    let context = jetstream::new(link.client.clone());
    let mut log = LogReader::new(options.database.clone(), "reconciliation");
    // The stream first: relays publish only what is committed, so a head read later can't be behind it.
    let stream = stream::look_up(&context, &options.stream).await?;
    let head = log.head().await?;
    let Some(info) = stream else {
        let first = first_sequence(options, &mut log, &head).await?;
        let unrelayed = unrelayed(&context, options, &head, first - 1).await?;
        return Ok(Reconciliation { unrelayed, ..Reconciliation::nothing(first, &head) });
    };
    let found = Reconciliation::nothing(as_position(info.state.first_sequence).max(1), &head);
    if let Err(accident) = same_log(&info, &head) {
        return Ok(Reconciliation { foreign: Some(accident), ..found });
    }
    let last = as_position(info.state.last_sequence);
    let mut comparing = Comparing { context: &context, options, log, head, found };
    comparing.all(&info, &mut progress).await?;
    let ahead = Missing::between(head.position + 1, last);
    let unrelayed = unrelayed(&context, options, &head, last).await?;
    Ok(Reconciliation { unrelayed, ahead, ..comparing.found })
}

/// What is still missing at the stream's end after a relay that works had time for it.
async fn unrelayed(
    context: &Context,
    options: &RelayOptions,
    head: &Head,
    mut last: Position,
) -> Result<Option<Missing>, RelayError> {
    let begun = Instant::now();
    while last < head.position && begun.elapsed() < ON_ITS_WAY && leader(options).await?.is_some() {
        sleep(LOOK_EVERY).await;
        let info = stream::look_up(context, &options.stream).await?;
        last = info.map_or(last, |info| as_position(info.state.last_sequence));
    }
    Ok(Missing::between(last + 1, head.position))
}

struct Comparing<'a> {
    context: &'a Context,
    options: &'a RelayOptions,
    log: LogReader,
    head: Head,
    found: Reconciliation,
}

impl Comparing<'_> {
    async fn all(
        &mut self,
        info: &Info,
        progress: &mut impl FnMut(Position, Position),
    ) -> Result<(), RelayError> {
        let (first, last) = (as_position(info.state.first_sequence), as_position(info.state.last_sequence));
        let last = last.min(self.head.position);
        // One that was purged, say, holds nothing: what was in it is in the log.
        if info.state.messages == 0 {
            return Ok(());
        }
        let mut messages = Messages::from(self.context, &self.options.stream, first).await?;
        let mut before = first - 1;
        while before < last {
            let to = last.min(before + STRETCH);
            let heard = messages.up_to(to).await?;
            let holes = self.compare(before, to, heard).await?;
            self.discarded_or_missing(holes).await?;
            before = to;
            progress(before - first + 1, last - first + 1);
        }
        Ok(())
    }

    /// The messages of a stretch beside its events: those events that have none.
    async fn compare(
        &mut self,
        before: Position,
        to: Position,
        heard: Vec<Heard>,
    ) -> Result<Vec<Position>, RelayError> {
        let events = self.log.names(before, to).await?;
        let (mut heard, mut holes) = (heard.into_iter().peekable(), Vec::new());
        for event in &events {
            while let Some(message) = heard.next_if(|message| message.sequence < event.position) {
                self.differs(message.sequence);
            }
            match heard.next_if(|message| message.sequence == event.position) {
                Some(Heard { named: Some(named), .. }) if named.is_of(event, self.head.log_id) => {}
                Some(Heard { sequence, .. }) => self.differs(sequence),
                None => holes.push(event.position),
            }
        }
        heard.for_each(|message| self.differs(message.sequence));
        Ok(holes)
    }

    fn differs(&mut self, sequence: Position) {
        self.found.different = Missing::and(self.found.different, Missing::between(sequence, sequence));
    }

    /// What the stream has discarded since it was looked at is not missing.
    async fn discarded_or_missing(&mut self, holes: Vec<Position>) -> Result<(), RelayError> {
        if holes.is_empty() {
            return Ok(());
        }
        let info = stream::look_up(self.context, &self.options.stream).await?;
        let first = info.map_or(Position::MAX, |info| as_position(info.state.first_sequence));
        self.found.first = self.found.first.max(first.min(self.head.position + 1));
        let missing = holes.into_iter().filter(|position| *position >= first);
        let missing = missing.map(|position| Missing::between(position, position));
        self.found.holes = missing.fold(self.found.holes, Missing::and);
        Ok(())
    }
}
