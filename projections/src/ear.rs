//! What this process hears of the log, once for all its projections.
//!
//! Every projection needs every event, most of them only to see that it does not concern it. So the newest events are
//! heard and parsed once, and kept for a while; who needs older ones reads the log.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use event_store::{Head, LogReader, Next, Own, Position, RecordedEvent, unpanicked};
use sqlx::postgres::PgConnectOptions;
use tokio::{
    sync::watch,
    time::{Instant, sleep, timeout_at},
};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::{
    checkpoint,
    connect::connect,
    feed::{FAR_BEHIND, Feed, Nats, PAGE},
    model::Model,
};

/// How much is kept.
const EVENTS: usize = 20_000;
const BYTES: usize = 32 << 20;
/// How often it is asked whether the log is still the same one.
const STILL_THE_SAME: Duration = Duration::from_secs(2);
/// For so long it is listened elsewhere before own events are looked at again.
const ELSEWHERE: Duration = Duration::from_millis(100);
/// The pause after the database failed.
const PAUSE: Duration = Duration::from_millis(250);

/// Events that several projections share.
pub(crate) type Events = Vec<Arc<RecordedEvent>>;

/// The newest events. Cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct Ear {
    recent: Arc<Mutex<Recent>>,
    grown: watch::Receiver<Position>,
}

/// What the ear knows of the events after a position.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Heard {
    /// The next ones.
    Events(Events),
    /// There were some, and they are not kept (any more): the log must be read.
    Missed,
    /// None that it knows of.
    Nothing,
}

impl Ear {
    /// Starts listening; ends when `cancel` fires.
    pub(crate) fn open(
        models: &[Model],
        database: &PgConnectOptions,
        own: Own,
        nats: Option<Nats>,
        head: watch::Receiver<Position>,
        cancel: CancellationToken,
    ) -> Self {
        let (announce, grown) = watch::channel(0);
        let recent = Arc::new(Mutex::new(Recent::default()));
        let listener = Listener {
            models: models.to_vec(),
            log: LogReader::new(database.clone(), "ear"),
            database: database.clone(),
            own,
            nats,
            head,
            recent: Arc::clone(&recent),
            announce,
        };
        tokio::spawn(Box::pin(async move { cancel.run_until_cancelled(Box::pin(listener.run())).await }));
        Self { recent, grown }
    }

    /// The events of a log after a position, at most a page.
    pub(crate) fn after(&mut self, log_id: Uuid, after: Position) -> Heard {
        self.grown.mark_unchanged();
        lock(&self.recent).after(log_id, after)
    }

    /// Waits until it has heard more than when [`Ear::after`] was last asked.
    pub(crate) async fn grown(&mut self) {
        if self.grown.changed().await.is_err() {
            // The program is ending.
            std::future::pending::<()>().await;
        }
    }
}

fn lock(recent: &Mutex<Recent>) -> MutexGuard<'_, Recent> {
    recent.lock().unwrap_or_else(PoisonError::into_inner)
}

#[derive(Debug, Default)]
struct Recent {
    log_id: Option<Uuid>,
    /// The position before the first event.
    before: Position,
    events: VecDeque<Arc<RecordedEvent>>,
    bytes: usize,
}

impl Recent {
    fn begin(&mut self, log_id: Uuid, before: Position) {
        *self = Self { log_id: Some(log_id), before, ..Self::default() };
    }

    fn push(&mut self, event: Arc<RecordedEvent>) {
        self.bytes += weight(&event);
        self.events.push_back(event);
        while self.events.len() > EVENTS || self.bytes > BYTES {
            let Some(oldest) = self.events.pop_front() else { return };
            self.before += 1;
            self.bytes -= weight(&oldest);
        }
    }

    fn after(&self, log_id: Uuid, after: Position) -> Heard {
        if self.log_id != Some(log_id) {
            return Heard::Nothing;
        }
        let Ok(known) = usize::try_from(after - self.before) else { return Heard::Missed };
        let page = usize::try_from(PAGE).unwrap_or(usize::MAX);
        let events: Events = self.events.iter().skip(known).take(page).cloned().collect();
        if events.is_empty() { Heard::Nothing } else { Heard::Events(events) }
    }
}

fn weight(event: &RecordedEvent) -> usize {
    size_of::<RecordedEvent>() + event.data.len() + event.metadata.len() + 2 * event.stream_id.len()
}

struct Listener {
    models: Vec<Model>,
    log: LogReader,
    database: PgConnectOptions,
    own: Own,
    nats: Option<Nats>,
    head: watch::Receiver<Position>,
    recent: Arc<Mutex<Recent>>,
    announce: watch::Sender<Position>,
}

impl Listener {
    async fn run(mut self) {
        loop {
            match unpanicked(Box::pin(self.listen())).await {
                Ok(Ok(())) => {}
                Ok(Err(error)) => {
                    tracing::warn!(%error, "the log can't be heard; the projections ask for it");
                }
                Err(panic) => {
                    tracing::error!(panic, "the log can't be heard; the projections ask for it");
                }
            }
            sleep(PAUSE).await;
        }
    }

    /// Listens until the log turns out to be another one, or can't be read.
    async fn listen(&mut self) -> Result<(), sqlx::Error> {
        let head = self.log.head().await?;
        let mut at = self.begin(&head).await?;
        lock(&self.recent).begin(head.log_id, at);
        let log = LogReader::new(self.database.clone(), "ear");
        let mut feed = Feed::new(log, self.head.clone(), self.nats.clone(), head.log_id);
        let (mut asked, mut newest) = (Instant::now(), None::<Arc<RecordedEvent>>);
        loop {
            let events = self.next(&mut feed, at, asked + STILL_THE_SAME).await?;
            if let Some(last) = events.last() {
                at = last.position;
                newest = Some(Arc::clone(last));
                let mut recent = lock(&self.recent);
                for event in events {
                    recent.push(event);
                }
            }
            self.announce.send_replace(at);
            if asked.elapsed() >= STILL_THE_SAME {
                if !self.is_still(head.log_id, newest.as_deref()).await? {
                    return Ok(());
                }
                asked = Instant::now();
            }
        }
    }

    /// Whether the log is the one that was listened to, and holds what was heard last.
    async fn is_still(&mut self, log_id: Uuid, newest: Option<&RecordedEvent>) -> Result<bool, sqlx::Error> {
        let held = match newest {
            Some(event) => self.log.holds(event).await?,
            None => true,
        };
        Ok(held && self.log.head().await?.log_id == log_id)
    }

    /// Where to begin: where the projections go on, or at the log's end if they have to read much of it first.
    async fn begin(&self, head: &Head) -> Result<Position, sqlx::Error> {
        let mut connection = connect(&self.database, "ear").await?;
        let names: Vec<&str> = self.models.iter().map(|model| model.name()).collect();
        let lowest = checkpoint::lowest(&mut connection, &names, head.log_id).await?;
        Ok(if (0..=FAR_BEHIND).contains(&(head.position - lowest)) { lowest } else { head.position })
    }

    /// The next events; none if there was nothing until `deadline`.
    async fn next(
        &mut self,
        feed: &mut Feed,
        after: Position,
        deadline: Instant,
    ) -> Result<Events, sqlx::Error> {
        if !self.own.has_a_sequencer() {
            return Ok(feed.after(after, deadline).await?.into_iter().map(Arc::new).collect());
        }
        match timeout_at(deadline, self.own.after(after, &mut self.head)).await {
            Ok(Next::Events(events)) => {
                feed.rest();
                return Ok(events);
            }
            Ok(Next::Between) => {
                let page = self.log.after(after, PAGE).await?;
                if !page.is_empty() {
                    return Ok(page.into_iter().map(Arc::new).collect());
                }
            }
            Ok(Next::Elsewhere) => {}
            Err(_) => return Ok(Events::new()),
        }
        let until = deadline.min(Instant::now() + ELSEWHERE);
        Ok(feed.after(after, until).await?.into_iter().map(Arc::new).collect())
    }
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use event_store::HashColumn;

    use super::*;

    const LOG: Uuid = Uuid::from_u128(1);

    fn event(position: Position, bytes: usize) -> Arc<RecordedEvent> {
        Arc::new(RecordedEvent {
            position,
            stream_id: "order-x".into(),
            version: 1,
            event_id: Uuid::nil(),
            event_type: "OrderPlaced".into(),
            data: "x".repeat(bytes),
            metadata: "{}".into(),
            recorded_at: DateTime::UNIX_EPOCH,
            hash: HashColumn([0; 32]),
        })
    }

    fn heard(positions: std::ops::RangeInclusive<Position>, bytes: usize) -> Recent {
        let mut recent = Recent::default();
        recent.begin(LOG, positions.start() - 1);
        for position in positions {
            recent.push(event(position, bytes));
        }
        recent
    }

    fn positions(heard: Heard) -> Vec<Position> {
        let Heard::Events(events) = heard else { panic!("{heard:?}") };
        events.iter().map(|event| event.position).collect()
    }

    #[test]
    fn what_follows_a_position_is_handed_out_by_the_page() {
        let recent = heard(11..=2_500, 10);
        assert_eq!(positions(recent.after(LOG, 10)), (11..=1_010).collect::<Vec<_>>());
        assert_eq!(positions(recent.after(LOG, 2_498)), [2_499, 2_500]);
        assert_eq!(recent.after(LOG, 2_500), Heard::Nothing);
        assert_eq!(recent.after(LOG, 2_600), Heard::Nothing);
    }

    #[test]
    fn what_came_before_it_listened_must_be_read() {
        let recent = heard(11..=20, 10);
        assert_eq!(recent.after(LOG, 9), Heard::Missed);
        assert_eq!(recent.after(Uuid::nil(), 15), Heard::Nothing, "of another log nothing is known");
        assert_eq!(Recent::default().after(LOG, 0), Heard::Nothing);
    }

    #[test]
    fn only_so_many_events_and_bytes_are_kept() {
        let last = Position::try_from(EVENTS).unwrap() + 500;
        let many = heard(1..=last, 10);
        assert_eq!((many.events.len(), many.after(LOG, 499)), (EVENTS, Heard::Missed));
        assert_eq!(positions(many.after(LOG, last - 1)), [last]);
        let large = heard(1..=200, 1 << 20);
        assert!(large.events.len() < 32 && large.bytes <= BYTES, "{}", large.events.len());
        assert_eq!(positions(large.after(LOG, 199)), [200]);
    }
}
