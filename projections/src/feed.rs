//! The events after a checkpoint: heard over `JetStream` while it is quick and consistent, else read from the log.

use std::time::Duration;

use async_nats::Client;
use event_store::{LogReader, Position, RecordedEvent};
use tokio::{
    sync::watch,
    task::JoinHandle,
    time::{Instant, sleep_until},
};
use uuid::Uuid;

use crate::hint::{Hint, HintError};

/// The most events in one batch.
pub(crate) const PAGE: i64 = 1_000;
/// Further behind than this, the log is read in pages: that is ten times faster than messages.
pub(crate) const FAR_BEHIND: Position = 5_000;
/// How long `JetStream` may be silent about an event that is known to exist.
const SILENCE: Duration = Duration::from_millis(100);
/// The first pause before a consumer is made anew; it doubles up to the last.
const FIRST_PAUSE: Duration = Duration::from_millis(250);
const LAST_PAUSE: Duration = Duration::from_secs(5);
/// A consumer that was not needed for so long is ended: what it is sent meanwhile costs the server work.
const UNUSED: Duration = Duration::from_secs(1);

/// Where to listen.
#[derive(Debug, Clone)]
pub(crate) struct Nats {
    pub(crate) client: Client,
    pub(crate) stream: String,
}

/// Hands out the log in order, one batch at a time.
pub(crate) struct Feed {
    log: LogReader,
    head: watch::Receiver<Position>,
    nats: Option<Nats>,
    log_id: Uuid,
    hint: Option<Hint>,
    opening: Option<JoinHandle<Result<Hint, HintError>>>,
    pause: Duration,
    not_before: Instant,
    unused_since: Option<Instant>,
}

/// What ended a wait.
enum Heard {
    Events(Vec<RecordedEvent>),
    /// The log must be read.
    Doubt,
    /// Look again.
    News,
    TimeIsUp,
}

impl Feed {
    pub(crate) fn new(
        log: LogReader,
        head: watch::Receiver<Position>,
        nats: Option<Nats>,
        log_id: Uuid,
    ) -> Self {
        Self {
            log,
            head,
            nats,
            log_id,
            hint: None,
            opening: None,
            pause: FIRST_PAUSE,
            not_before: Instant::now(),
            unused_since: None,
        }
    }

    /// The next events after a position, consecutive; none if there was nothing until `deadline`.
    ///
    /// # Errors
    /// The log could not be read.
    pub(crate) async fn after(
        &mut self,
        after: Position,
        deadline: Instant,
    ) -> Result<Vec<RecordedEvent>, sqlx::Error> {
        let mut behind_since = None;
        self.unused_since = None;
        loop {
            let head = *self.head.borrow_and_update();
            let silent = match (head > after).then(|| *behind_since.get_or_insert_with(Instant::now)) {
                Some(since) => since + SILENCE,
                None => deadline,
            };
            if head > after && (self.hint.is_none() || head - after > FAR_BEHIND) {
                let page = self.log.after(after, PAGE).await?;
                if !page.is_empty() {
                    return Ok(page);
                }
            }
            self.reopen(after, head);
            match self.wait(after, silent, deadline).await {
                Heard::Events(events) if self.are_in_the_log(&events).await? => {
                    self.pause = FIRST_PAUSE;
                    return Ok(events);
                }
                Heard::Events(_) | Heard::Doubt => {
                    let page = self.log.after(after, PAGE).await?;
                    if !page.is_empty() {
                        return Ok(page);
                    }
                }
                Heard::News => {}
                Heard::TimeIsUp => return Ok(Vec::new()),
            }
        }
    }

    /// A stream may be ahead of the log, if that was put back to an older state: its messages then follow from what the log
    /// holds, and never happened.
    async fn are_in_the_log(&mut self, events: &[RecordedEvent]) -> Result<bool, sqlx::Error> {
        let Some(last) = events.last() else { return Ok(true) };
        let held = self.log.holds(last).await?;
        if !held {
            tracing::warn!(position = last.position, "the stream tells of events that the log does not hold");
            self.drop_hint();
        }
        Ok(held)
    }

    /// Told whenever the next events came from elsewhere.
    pub(crate) fn rest(&mut self) {
        if self.unused_since.get_or_insert_with(Instant::now).elapsed() >= UNUSED {
            self.hint = None;
            self.stop_opening();
        }
    }

    async fn wait(&mut self, after: Position, silent: Instant, deadline: Instant) -> Heard {
        let hearing = self.hint.is_some();
        let retry = if self.nats.is_some() && !hearing && self.opening.is_none() {
            // Never at once: while the log is far ahead no consumer is made, however long ago the pause ended.
            self.not_before.max(Instant::now() + SILENCE)
        } else {
            deadline
        };
        tokio::select! {
            biased;
            heard = listen(&mut self.hint, after), if hearing => self.heard(heard),
            opened = finish(&mut self.opening) => self.opened(opened),
            Ok(()) = self.head.changed() => Heard::News,
            () = sleep_until(deadline) => Heard::TimeIsUp,
            () = sleep_until(retry) => Heard::News,
            () = sleep_until(silent), if hearing => self.silence(),
        }
    }

    fn heard(&mut self, heard: Result<Vec<RecordedEvent>, HintError>) -> Heard {
        match heard {
            Ok(events) => Heard::Events(events),
            Err(HintError::Doubt(doubt)) => {
                tracing::debug!(%doubt, "reading the log instead");
                if doubt.condemns_the_stream() {
                    self.drop_hint();
                }
                Heard::Doubt
            }
            Err(error @ (HintError::Away(_) | HintError::TooOld { .. })) => {
                tracing::debug!(%error, "lost the consumer");
                self.drop_hint();
                Heard::Doubt
            }
        }
    }

    fn silence(&mut self) -> Heard {
        tracing::debug!("the stream is silent about an event that exists; reading the log instead");
        self.drop_hint();
        Heard::Doubt
    }

    fn opened(&mut self, opened: Result<Hint, HintError>) -> Heard {
        match opened {
            Ok(hint) => {
                self.hint = Some(hint);
                Heard::News
            }
            Err(error) => {
                tracing::debug!(%error, "no consumer");
                self.drop_hint();
                // A stream that begins later tells that the log goes that far.
                if matches!(error, HintError::TooOld { .. }) { Heard::Doubt } else { Heard::News }
            }
        }
    }

    fn drop_hint(&mut self) {
        self.hint = None;
        self.not_before = Instant::now() + self.pause;
        self.pause = (self.pause * 2).min(LAST_PAUSE);
    }

    /// Makes a consumer in the background, so that the log can be read meanwhile.
    fn reopen(&mut self, after: Position, head: Position) {
        let idle = self.hint.is_none() && self.opening.is_none() && Instant::now() >= self.not_before;
        if let Some(nats) = &self.nats
            && idle
            && head - after <= FAR_BEHIND
        {
            let Nats { client, stream } = nats.clone();
            self.opening = Some(tokio::spawn(Hint::open(client, stream, after, self.log_id)));
        }
    }

    fn stop_opening(&mut self) {
        if let Some(opening) = self.opening.take() {
            opening.abort();
        }
    }
}

impl Drop for Feed {
    fn drop(&mut self) {
        self.stop_opening();
    }
}

async fn listen(hint: &mut Option<Hint>, after: Position) -> Result<Vec<RecordedEvent>, HintError> {
    match hint {
        Some(hint) => hint.after(after).await,
        None => std::future::pending().await,
    }
}

async fn finish(opening: &mut Option<JoinHandle<Result<Hint, HintError>>>) -> Result<Hint, HintError> {
    let Some(task) = opening else { return std::future::pending().await };
    let opened = task.await;
    *opening = None;
    opened.unwrap_or_else(|error| Err(HintError::Away(error.to_string())))
}
