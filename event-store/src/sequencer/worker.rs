//! The sequencer's task: batch after batch.

use std::{collections::HashMap, mem, pin::pin, time::Duration};

use domain::{StreamId, Versioned};
use faultpoint::{Point, Sabotage, sabotaged};
use sqlx::Connection;
use tokio::{
    sync::{broadcast, mpsc, watch},
    time::{Instant, sleep, timeout},
};
use uuid::Uuid;

use super::{
    ExecuteError, SequencerOptions,
    append::{Tail, Trace},
    appended,
    batch::Batch,
    cache::Cache,
    decide::{Decided, Remembered},
    job::{Job, Outcome},
    load::load_for,
    session::{CATCH_UP, Session, WriteError},
    snapshots::{self, Snapshots},
};
use crate::{
    connect::within,
    record::{Position, RecordedEvent},
};

/// How long a batch whose commit was not answered is looked for before its callers are told that it is unknown.
const RESOLVE_PATIENCE: Duration = Duration::from_secs(15);
const RESOLVE_PAUSE: Duration = Duration::from_millis(200);
/// How long all that a batch needs may take to be loaded.
const LOAD_TIMEOUT: Duration = Duration::from_secs(20);

/// Why a batch came to nothing, or may have.
enum Failure {
    /// Nothing of it is in the log.
    NotCommitted(sqlx::Error),
    /// The commit was sent and not answered.
    Unknown { error: sqlx::Error, decided: Box<Decided>, trace: Trace },
}

impl From<sqlx::Error> for Failure {
    fn from(error: sqlx::Error) -> Self {
        Self::NotCommitted(error)
    }
}

pub(super) struct Worker {
    options: SequencerOptions,
    jobs: mpsc::Receiver<Box<dyn Job>>,
    announce: watch::Sender<Position>,
    appended: broadcast::Sender<appended::Batch>,
    snapshots: Snapshots,
    cache: Cache,
    session: Option<Session>,
    log_id: Option<Uuid>,
    tail: Option<Tail>,
    /// What arrived while a batch was written.
    next: Batch,
    /// Others write too: what they appended is better read before the log is locked.
    others_write: bool,
}

impl Worker {
    pub(super) fn new(
        options: SequencerOptions,
        jobs: mpsc::Receiver<Box<dyn Job>>,
        announce: watch::Sender<Position>,
        appended: broadcast::Sender<appended::Batch>,
    ) -> Self {
        Self {
            snapshots: snapshots::start(options.database.clone()),
            cache: Cache::new(options.cache_bytes),
            options,
            jobs,
            announce,
            appended,
            session: None,
            log_id: None,
            tail: None,
            next: Batch::default(),
            others_write: false,
        }
    }

    /// Works until the last handle is dropped and everything accepted is answered.
    pub(super) async fn run(mut self) {
        // No timer: what arrives while one batch is written is the next batch.
        while let Some(batch) = self.next_batch().await {
            faultpoint::reach(Point::SequencerDrained).await;
            self.work_off(batch).await;
        }
        if let Some(mut session) = self.session {
            // The server notices a dropped connection by itself; a polite goodbye only spares it a log line.
            let _ = session.connection().ping().await;
        }
    }

    /// What arrived while the batch before was written, or else whatever arrives next; `None` when nothing ever will.
    async fn next_batch(&mut self) -> Option<Batch> {
        let mut jobs = Vec::new();
        while self.next.len() == 0 {
            if self.jobs.recv_many(&mut jobs, self.options.batch).await == 0 {
                return None;
            }
            jobs.retain(|job| !job.is_abandoned());
            self.next = Batch::of(mem::take(&mut jobs));
        }
        Some(mem::take(&mut self.next))
    }

    async fn work_off(&mut self, mut batch: Batch) {
        let begun = Instant::now();
        let operations = u32::try_from(batch.len()).unwrap_or(u32::MAX);
        metrics::histogram!("stagedoor_sequencer_batch_operations").record(operations);
        match self.attempt_afresh(&mut batch).await {
            Ok(decided) => {
                faultpoint::reach(Point::SequencerBeforeSettle).await;
                self.adopt(batch, decided);
                faultpoint::reach(Point::SequencerSettled).await;
            }
            Err(Failure::NotCommitted(error)) if is_rejected(&error) => {
                Box::pin(self.isolate(batch, error)).await;
            }
            Err(Failure::NotCommitted(error)) => {
                tracing::warn!(%error, operations, "a batch was not committed");
                self.session = None;
                batch.fail(&ExecuteError::Unavailable);
            }
            Err(Failure::Unknown { error, decided, trace }) => {
                tracing::warn!(%error, operations, "a commit was not answered; looking it up");
                self.session = None;
                mem::take(&mut self.next).fail(&ExecuteError::Unavailable);
                if sabotaged(Sabotage::UnresolvedCommit) || self.resolve(trace).await {
                    self.adopt(batch, *decided);
                } else {
                    batch.fail(&ExecuteError::Unavailable);
                }
            }
        }
        metrics::histogram!("stagedoor_sequencer_batch_seconds").record(begun.elapsed().as_secs_f64());
    }

    /// The server was there and did not take the batch: one of its operations is at fault, and must not take its
    /// neighbours with it. Each is tried alone, from history as it is stored.
    async fn isolate(&mut self, mut batch: Batch, error: sqlx::Error) {
        self.session = None;
        self.cache.clear();
        if batch.len() == 1 {
            tracing::error!(%error, "the log rejected an operation");
            return batch.fail(&ExecuteError::Defect("the log rejected it".into()));
        }
        let mut jobs = mem::take(batch.jobs()).into_iter();
        while let Some(job) = jobs.next() {
            self.work_off(Batch::of(vec![job])).await;
            match self.session().await {
                Ok(session) => self.session = Some(session),
                Err(_) => return Batch::of(jobs.collect()).fail(&ExecuteError::Unavailable),
            }
        }
    }

    /// Tries a batch; once more, on a new connection, if the old one turns out to be dead: the database may have been
    /// restarted while nobody asked.
    async fn attempt_afresh(&mut self, batch: &mut Batch) -> Result<Decided, Failure> {
        let reused = self.session.is_some();
        match self.attempt(batch).await {
            Err(Failure::NotCommitted(error)) if reused && is_lost(&error) => {
                tracing::info!(%error, "the connection was dead; trying a new one");
                self.attempt(batch).await
            }
            other => other,
        }
    }

    async fn attempt(&mut self, batch: &mut Batch) -> Result<Decided, Failure> {
        let mut session = self.session().await?;
        let ahead = batch.ahead(self.tail);
        let jobs = batch.jobs();
        let first = ahead.as_ref().map_or(0, |ahead| ahead.outcomes.len());
        within(LOAD_TIMEOUT, load_for(&jobs[first..], &mut self.cache, session.connection())).await?;
        if self.others_write {
            self.catch_up(&mut session).await?;
        }
        let (tail, remembered) = self.lock_and_catch_up(&mut session, &remembered_ids(jobs)).await?;
        faultpoint::reach(Point::SequencerCaughtUp).await;
        let stands = ahead.filter(|ahead| ahead.on == tail && remembered.is_empty());
        let mut decided = if let Some(ahead) = stands {
            ahead
        } else {
            within(LOAD_TIMEOUT, load_for(&jobs[..first], &mut self.cache, session.connection())).await?;
            Decided::after(tail, self.options.clock.now(), remembered)
        };
        for job in &mut jobs[decided.outcomes.len()..] {
            decided.decide(job.as_mut(), &self.cache);
        }
        faultpoint::reach(Point::SequencerDecided).await;
        if sabotaged(Sabotage::AnswerBeforeCommit) {
            mem::take(batch).settle(mem::take(&mut decided.outcomes));
        }
        match decided.appendix.trace() {
            None => session.rollback().await?,
            Some(trace) => match self.write(&mut session, &decided).await {
                Ok(()) => {}
                Err(WriteError::NotCommitted(error)) => return Err(error.into()),
                Err(WriteError::Unknown(error)) => {
                    return Err(Failure::Unknown { error, decided: Box::new(decided), trace });
                }
            },
        }
        // Only a session that did all this is used again.
        self.session = Some(session);
        Ok(decided)
    }

    /// Writes a batch, and meanwhile takes in and decides the next. While others write, too, deciding ahead would be in
    /// vain.
    async fn write(&mut self, session: &mut Session, decided: &Decided) -> Result<(), WriteError> {
        let mut writing = pin!(session.write(&decided.appendix));
        loop {
            let room = self.next.len() < self.options.batch;
            tokio::select! {
                biased;
                written = &mut writing => return written,
                Some(job) = self.jobs.recv(), if room => {
                    if job.is_abandoned() {
                        continue;
                    }
                    if self.others_write {
                        self.next.wait(job);
                    } else {
                        self.next.decide(job, decided, &self.cache, self.options.clock.now());
                    }
                }
            }
        }
    }

    /// The open connection, or a new one. After a reconnection the states at hand are kept only if the log still has
    /// the event they end at: a restored database may not.
    async fn session(&mut self) -> Result<Session, sqlx::Error> {
        if let Some(session) = self.session.take() {
            return Ok(session);
        }
        let mut session = Session::open(&self.options.database).await?;
        let same_log = self.log_id == Some(session.log_id);
        let known = match self.tail {
            Some(tail) if same_log && tail.position > 0 => {
                session.event(tail.position).await?.is_some_and(|event| event.hash.0 == tail.hash)
            }
            Some(_) => same_log,
            None => false,
        };
        if !known {
            self.cache.clear();
            let tail = session.tail().await?;
            self.announce.send_replace(tail.position);
            self.tail = Some(tail);
        }
        self.log_id = Some(session.log_id);
        Ok(session)
    }

    /// Reads what others appended until little is left, so that little is read while the log is locked.
    async fn catch_up(&mut self, session: &mut Session) -> Result<(), sqlx::Error> {
        loop {
            let events = session.after(self.position()).await?;
            self.apply(&events)?;
            if i64::try_from(events.len()).unwrap_or(i64::MAX) <= CATCH_UP {
                return Ok(());
            }
        }
    }

    /// The log's end under the lock, and those of the commands that were carried out before.
    async fn lock_and_catch_up(
        &mut self,
        session: &mut Session,
        ids: &[Uuid],
    ) -> Result<(Tail, HashMap<Uuid, Remembered>), sqlx::Error> {
        loop {
            let look = session.lock(self.position(), ids).await?;
            self.others_write = !look.events.is_empty();
            self.apply(&look.events)?;
            if i64::try_from(look.events.len()).unwrap_or(i64::MAX) <= CATCH_UP {
                let tail =
                    self.tail.ok_or_else(|| sqlx::Error::Protocol("the log's end is not known".into()))?;
                return Ok((tail, look.remembered));
            }
            session.rollback().await?;
            self.catch_up(session).await?;
        }
    }

    fn position(&self) -> Position {
        self.tail.map_or(0, |tail| tail.position)
    }

    fn apply(&mut self, events: &[RecordedEvent]) -> Result<(), sqlx::Error> {
        for event in events {
            if event.position != self.position() + 1 {
                return Err(sqlx::Error::Protocol(format!(
                    "the log has no event at {}",
                    self.position() + 1
                )));
            }
            self.cache.apply(event);
            self.tail =
                Some(Tail { position: event.position, hash: event.hash.0, recorded_at: event.recorded_at });
        }
        Ok(())
    }

    /// Takes over what is now committed, and answers everyone.
    fn adopt(&mut self, batch: Batch, decided: Decided) {
        let Decided { appendix, states, outcomes, .. } = decided;
        metrics::counter!("stagedoor_events_appended_total").increment(appendix.len() as u64);
        if appendix.len() > 0 {
            let tail = appendix.tail;
            self.tail = Some(tail);
            if self.appended.receiver_count() > 0 {
                // Whoever wanted it may have ended meanwhile.
                let _ = self.appended.send(appendix.into_events().collect());
            }
            self.announce.send_replace(tail.position);
        }
        batch.settle(outcomes);
        self.keep(states);
    }

    fn keep(&mut self, states: HashMap<StreamId, Versioned>) {
        for (stream, versioned) in states {
            self.cache.put_committed(stream, versioned);
            let Some(due) = self.cache.due_snapshot(stream) else { continue };
            let version = due.version;
            // While too many wait, this one is left out; it is due again at the next commit.
            if self.snapshots.try_send((stream, due)).is_ok() {
                self.cache.snapshot_taken(stream, version);
            }
        }
        self.cache.shrink();
    }

    /// Whether a batch is in the log whose commit was not answered. When that can't be found out in time, its callers
    /// are told nothing certain, and what it may have appended is read like anybody else's.
    async fn resolve(&mut self, trace: Trace) -> bool {
        timeout(RESOLVE_PATIENCE, self.look_up(trace)).await.unwrap_or_default()
    }

    async fn look_up(&mut self, trace: Trace) -> bool {
        loop {
            match self.find(trace).await {
                Ok(found) => return found,
                Err(error) => tracing::debug!(%error, "a commit could not be looked up yet"),
            }
            // Nobody waits behind a database that is away: whoever asks meanwhile is told at once.
            while let Ok(job) = self.jobs.try_recv() {
                job.settle(Outcome::Failed(ExecuteError::Unavailable));
            }
            sleep(RESOLVE_PAUSE).await;
        }
    }

    async fn find(&mut self, trace: Trace) -> Result<bool, sqlx::Error> {
        let mut session = self.session().await?;
        let found = session.has(trace).await?;
        self.session = Some(session);
        Ok(found)
    }
}

/// SQLSTATE classes 22 (data exception) and 23 (integrity constraint violation).
fn is_rejected(error: &sqlx::Error) -> bool {
    let code = error.as_database_error().and_then(sqlx::error::DatabaseError::code);
    code.is_some_and(|code| code.starts_with("22") || code.starts_with("23"))
}

/// The connection broke, or the server ended it (SQLSTATE 57P01 to 57P03).
fn is_lost(error: &sqlx::Error) -> bool {
    let code = error.as_database_error().and_then(sqlx::error::DatabaseError::code);
    let ended = code.is_some_and(|code| code.starts_with("57P"));
    ended || matches!(error, sqlx::Error::Io(broken) if broken.kind() != std::io::ErrorKind::TimedOut)
}

fn remembered_ids(jobs: &[Box<dyn Job>]) -> Vec<Uuid> {
    let kept = jobs.iter().map(|job| job.context()).filter(|context| context.fingerprint.is_some());
    kept.map(|context| context.command_id).collect()
}
