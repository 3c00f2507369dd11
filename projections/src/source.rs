//! Where one projection takes its events from: what this process heard, or the log.

use std::{sync::Arc, time::Duration};

use event_store::{LogReader, Position};
use tokio::{
    sync::watch,
    time::{Instant, sleep_until},
};
use uuid::Uuid;

use crate::{
    ear::{Ear, Events, Heard},
    feed::PAGE,
};

/// How long the ear may hear nothing of events that are known to exist. It doubts by itself, and sooner.
const SILENCE: Duration = Duration::from_millis(300);

/// Hands out the log in order, one batch at a time.
pub(crate) struct Source {
    ear: Ear,
    log: LogReader,
    head: watch::Receiver<Position>,
    log_id: Uuid,
}

impl Source {
    pub(crate) fn new(ear: Ear, log: LogReader, head: watch::Receiver<Position>, log_id: Uuid) -> Self {
        Self { ear, log, head, log_id }
    }

    /// The next events after a position, consecutive; none if there was nothing until `deadline`.
    ///
    /// # Errors
    /// The log could not be read.
    pub(crate) async fn after(&mut self, after: Position, deadline: Instant) -> Result<Events, sqlx::Error> {
        let mut known_since = None;
        loop {
            let known = *self.head.borrow_and_update() > after;
            let patience = *known_since.get_or_insert_with(Instant::now) + SILENCE;
            if !known {
                known_since = None;
            }
            match self.ear.after(self.log_id, after) {
                Heard::Events(events) => return Ok(events),
                Heard::Missed => {
                    let page = self.read(after).await?;
                    if !page.is_empty() {
                        return Ok(page);
                    }
                }
                Heard::Nothing => {}
            }
            tokio::select! {
                () = self.ear.grown() => {}
                Ok(()) = self.head.changed() => {}
                () = sleep_until(deadline) => return Ok(Events::new()),
                () = sleep_until(patience), if known => {
                    let page = self.read(after).await?;
                    if !page.is_empty() {
                        return Ok(page);
                    }
                    known_since = None;
                }
            }
        }
    }

    async fn read(&mut self, after: Position) -> Result<Events, sqlx::Error> {
        Ok(self.log.after(after, PAGE).await?.into_iter().map(Arc::new).collect())
    }
}
