//! Reads the log ahead of the pump, so that reading, encoding and publishing overlap.

use std::{borrow::Borrow, sync::Arc, time::Duration};

use event_store::{Appended, LogReader, Position, RecordedEvent};
use tokio::{
    sync::{mpsc, watch},
    time::{Instant, sleep, timeout},
};

use crate::{
    encode::{Encoder, Outgoing},
    error::RelayError,
    identity::Place,
};

/// Pages that wait for the pump.
const PAGES_AHEAD: usize = 2;
const LONGEST_PAGE: usize = 2_000;
/// Pages are made shorter when events are large: an event may have 256 KiB.
const BYTES_PER_PAGE: usize = 4 << 20;
/// How often a quiet log is asked whether it is still the same.
const STILL_THE_SAME: Duration = Duration::from_secs(5);
/// Between two looks at a log that is shorter than was announced.
const SHORTER_THAN_ANNOUNCED: Duration = Duration::from_millis(100);

/// While this process writes, news of the log are its own, and take so long at most to arrive here.
const OWN_FIRST: Duration = Duration::from_millis(5);
/// So long after its last batch it counts as writing.
const BUSY: Duration = Duration::from_secs(1);

type Events = Vec<Arc<RecordedEvent>>;
pub(crate) type Page = Result<Vec<Outgoing>, RelayError>;

/// What the sequencer of this process appends, if it has one.
#[derive(Debug)]
pub(crate) struct Own {
    appended: Option<Appended>,
    /// When something came from there.
    last: Option<Instant>,
}

impl Own {
    pub(crate) fn new(appended: Option<Appended>) -> Self {
        Self { appended, last: None }
    }

    /// The next events, if they come from here. `None`: the log must be read.
    async fn after(&mut self, position: Position) -> Option<Events> {
        let Some(appended) = &mut self.appended else { return std::future::pending().await };
        let events = appended.after(position).await;
        self.last = events.is_some().then(Instant::now);
        events
    }

    /// The next events that are known to exist, if this process wrote a moment ago and they are at hand.
    async fn at_once(&mut self, position: Position, known: bool) -> Option<Events> {
        let busy = self.last.is_some_and(|last| last.elapsed() < BUSY);
        if !known || !busy {
            return None;
        }
        let events = timeout(OWN_FIRST, self.after(position)).await;
        if events.is_err() {
            self.last = None;
        }
        events.ok().flatten()
    }
}

/// Reads the log after a place.
#[derive(Debug)]
pub(crate) struct Feed {
    pub(crate) log: LogReader,
    pub(crate) own: Own,
    pub(crate) log_id: uuid::Uuid,
    pub(crate) head: watch::Receiver<Position>,
    pub(crate) encoder: Encoder,
    pub(crate) after: Place,
}

impl Feed {
    /// Where the pages come out, and the work that fills it; it ends after an error or when nobody listens.
    pub(crate) fn open(mut self) -> (mpsc::Receiver<Page>, impl Future<Output = ()> + Send) {
        let (sender, receiver) = mpsc::channel(PAGES_AHEAD);
        let work = async move {
            let mut limit = LONGEST_PAGE / 10;
            loop {
                let page = self.next(limit).await;
                limit = page.as_ref().map_or(limit, |page| page_length(page));
                let failed = page.is_err();
                if sender.send(page).await.is_err() || failed {
                    return;
                }
            }
        };
        (receiver, work)
    }

    async fn next(&mut self, limit: usize) -> Page {
        let limit = i64::try_from(limit).unwrap_or(1);
        loop {
            let known = *self.head.borrow_and_update() > self.after.position;
            if let Some(events) = self.own.at_once(self.after.position, known).await {
                return self.encode(&events);
            }
            let events = self.log.after(self.after.position, limit).await?;
            if !events.is_empty() {
                return self.encode(&events);
            }
            if let Some(events) = self.wait().await? {
                return self.encode(&events);
            }
        }
    }

    fn encode<E: Borrow<RecordedEvent>>(&mut self, events: &[E]) -> Page {
        self.follows(events)?;
        if let Some(last) = events.last() {
            let last: &RecordedEvent = last.borrow();
            self.after = Place { position: last.position, hash: last.hash.0 };
        }
        events.iter().map(|event| self.encoder.encode(event.borrow())).collect()
    }

    /// A log that was exchanged while it was read does not continue the old one's hashes.
    fn follows<E: Borrow<RecordedEvent>>(&self, events: &[E]) -> Result<(), RelayError> {
        let after = self.after;
        let mut events = events.iter().map(Borrow::borrow);
        let first = events.clone().next();
        let gapless =
            (after.position + 1..).zip(&mut events).all(|(position, event)| event.position == position);
        if !gapless {
            return Err(RelayError::LogChanged(after.position));
        }
        match first {
            Some(first) if first.expected_hash(&after.hash) != first.hash.0 => {
                Err(RelayError::LogChanged(after.position))
            }
            Some(_) | None => Ok(()),
        }
    }

    /// Waits for more, which may be at hand at once.
    async fn wait(&mut self) -> Result<Option<Events>, RelayError> {
        let position = self.after.position;
        if *self.head.borrow_and_update() > position {
            // Announced heads never fall, a restored log does.
            sleep(SHORTER_THAN_ANNOUNCED).await;
            return self.still_the_same().await.map(|()| None);
        }
        let head = &mut self.head;
        let grown = async { head.wait_for(|head| *head > position).await.map(|_| ()) };
        tokio::select! {
            biased;
            events = self.own.after(position) => Ok(events),
            grown = grown => match grown {
                Ok(()) => Ok(None),
                // Nobody watches the head any more: the program is ending.
                Err(_) => std::future::pending().await,
            },
            () = sleep(STILL_THE_SAME) => self.still_the_same().await.map(|()| None),
        }
    }

    async fn still_the_same(&mut self) -> Result<(), RelayError> {
        let head = self.log.head().await?;
        let Place { position, hash } = self.after;
        let shorter = head.position < position;
        let other = head.position == position && head.hash != hash;
        if head.log_id != self.log_id || shorter || other {
            return Err(RelayError::LogChanged(position));
        }
        Ok(())
    }
}

fn page_length(page: &[Outgoing]) -> usize {
    let bytes: usize = page.iter().map(|message| message.payload.len()).sum();
    let each = bytes / page.len().max(1) + 1;
    (BYTES_PER_PAGE / each).clamp(8, LONGEST_PAGE)
}
