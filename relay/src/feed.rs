//! Reads the log ahead of the pump, so that reading, encoding and publishing overlap.

use std::{borrow::Borrow, time::Duration};

use event_store::{LogReader, Next, Own, Position, RecordedEvent};
use tokio::{
    sync::{mpsc, watch},
    time::{sleep, timeout},
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

pub(crate) type Page = Result<Vec<Outgoing>, RelayError>;

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
            let position = self.after.position;
            match timeout(STILL_THE_SAME, self.own.after(position, &mut self.head)).await {
                Ok(Next::Events(events)) => return self.encode(&events),
                Ok(Next::Between | Next::Elsewhere) => {
                    let events = self.log.after(position, limit).await?;
                    if !events.is_empty() {
                        return self.encode(&events);
                    }
                    // Announced heads never fall, a restored log does.
                    sleep(SHORTER_THAN_ANNOUNCED).await;
                    self.still_the_same().await?;
                }
                Err(_) => self.still_the_same().await?,
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
