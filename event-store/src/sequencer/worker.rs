//! The sequencer's task: batch after batch.

use std::{collections::HashMap, time::Duration};

use domain::{StreamId, Versioned};
use faultpoint::Point;
use sqlx::Connection;
use tokio::{
    sync::{mpsc, watch},
    time::{Instant, sleep, timeout},
};
use uuid::Uuid;

use super::{
    ExecuteError, SequencerOptions,
    append::{Tail, Trace},
    cache::Cache,
    decide::{Decided, decide},
    job::{Job, Outcome},
    load::load_for,
    session::{CATCH_UP, Session},
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

type Jobs = Vec<Box<dyn Job>>;

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
    snapshots: Snapshots,
    cache: Cache,
    session: Option<Session>,
    log_id: Option<Uuid>,
    tail: Option<Tail>,
    /// Others write too: what they appended is better read before the log is locked.
    others_write: bool,
}

impl Worker {
    pub(super) fn new(
        options: SequencerOptions,
        jobs: mpsc::Receiver<Box<dyn Job>>,
        announce: watch::Sender<Position>,
    ) -> Self {
        Self {
            snapshots: snapshots::start(options.database.clone()),
            cache: Cache::new(options.cache_bytes),
            options,
            jobs,
            announce,
            session: None,
            log_id: None,
            tail: None,
            others_write: false,
        }
    }

    /// Works until the last handle is dropped and everything accepted is answered.
    pub(super) async fn run(mut self) {
        let mut jobs = Vec::with_capacity(self.options.batch);
        // No timer: what arrives while one batch commits is the next batch.
        while self.jobs.recv_many(&mut jobs, self.options.batch).await > 0 {
            faultpoint::reach(Point::SequencerDrained).await;
            let batch: Jobs = jobs.drain(..).filter(|job| !job.is_abandoned()).collect();
            if !batch.is_empty() {
                self.work_off(batch).await;
            }
        }
        if let Some(mut session) = self.session {
            // The server notices a dropped connection by itself; a polite goodbye only spares it a log line.
            let _ = session.connection().ping().await;
        }
    }

    async fn work_off(&mut self, mut jobs: Jobs) {
        let begun = Instant::now();
        let operations = u32::try_from(jobs.len()).unwrap_or(u32::MAX);
        metrics::histogram!("stagedoor_sequencer_batch_operations").record(operations);
        match self.attempt_afresh(&mut jobs).await {
            Ok(decided) => {
                faultpoint::reach(Point::SequencerBeforeSettle).await;
                self.adopt(jobs, decided);
                faultpoint::reach(Point::SequencerSettled).await;
            }
            Err(Failure::NotCommitted(error)) if is_rejected(&error) => {
                Box::pin(self.isolate(jobs, error)).await;
            }
            Err(Failure::NotCommitted(error)) => {
                tracing::warn!(%error, operations = jobs.len(), "a batch was not committed");
                self.session = None;
                settle_all(jobs, &ExecuteError::Unavailable);
            }
            Err(Failure::Unknown { error, decided, trace }) => {
                tracing::warn!(%error, operations = jobs.len(), "a commit was not answered; looking it up");
                self.session = None;
                if self.resolve(trace).await {
                    self.adopt(jobs, *decided);
                } else {
                    settle_all(jobs, &ExecuteError::Unavailable);
                }
            }
        }
        metrics::histogram!("stagedoor_sequencer_batch_seconds").record(begun.elapsed().as_secs_f64());
    }

    /// The server was there and did not take the batch: one of its operations is at fault, and must not take its
    /// neighbours with it. Each is tried alone, from history as it is stored.
    async fn isolate(&mut self, jobs: Jobs, error: sqlx::Error) {
        self.session = None;
        self.cache.clear();
        if jobs.len() == 1 {
            tracing::error!(%error, "the log rejected an operation");
            return settle_all(jobs, &ExecuteError::Defect("the log rejected it".into()));
        }
        let mut jobs = jobs.into_iter();
        while let Some(job) = jobs.next() {
            self.work_off(vec![job]).await;
            match self.session().await {
                Ok(session) => self.session = Some(session),
                Err(_) => return settle_all(jobs.collect(), &ExecuteError::Unavailable),
            }
        }
    }

    /// Tries a batch; once more, on a new connection, if the old one turns out to be dead: the database may have been
    /// restarted while nobody asked.
    async fn attempt_afresh(&mut self, jobs: &mut Jobs) -> Result<Decided, Failure> {
        let reused = self.session.is_some();
        match self.attempt(jobs).await {
            Err(Failure::NotCommitted(error)) if reused && is_lost(&error) => {
                tracing::info!(%error, "the connection was dead; trying a new one");
                self.attempt(jobs).await
            }
            other => other,
        }
    }

    async fn attempt(&mut self, jobs: &mut Jobs) -> Result<Decided, Failure> {
        let mut session = self.session().await?;
        within(LOAD_TIMEOUT, load_for(jobs, &mut self.cache, session.connection())).await?;
        if self.others_write {
            self.catch_up(&mut session).await?;
        }
        let tail = self.lock_and_catch_up(&mut session).await?;
        faultpoint::reach(Point::SequencerCaughtUp).await;
        let remembered = session.remembered(&remembered_ids(jobs)).await?;
        let decided = decide(jobs, &self.cache, remembered, tail, self.options.clock.now());
        faultpoint::reach(Point::SequencerDecided).await;
        match decided.appendix.trace() {
            None => session.rollback().await?,
            Some(trace) => {
                session.insert(&decided.appendix).await?;
                faultpoint::reach(Point::SequencerInserted).await;
                if let Err(error) = session.commit().await {
                    return Err(Failure::Unknown { error, decided: Box::new(decided), trace });
                }
            }
        }
        // Only a session that did all this is used again.
        self.session = Some(session);
        Ok(decided)
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

    async fn lock_and_catch_up(&mut self, session: &mut Session) -> Result<Tail, sqlx::Error> {
        loop {
            session.lock().await?;
            faultpoint::reach(Point::SequencerLocked).await;
            let events = session.after(self.position()).await?;
            self.others_write = !events.is_empty();
            self.apply(&events)?;
            if i64::try_from(events.len()).unwrap_or(i64::MAX) <= CATCH_UP {
                return self.tail.ok_or_else(|| sqlx::Error::Protocol("the log's end is not known".into()));
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
    fn adopt(&mut self, jobs: Jobs, decided: Decided) {
        let Decided { appendix, states, outcomes } = decided;
        metrics::counter!("stagedoor_events_appended_total").increment(appendix.len() as u64);
        let grown = appendix.len() > 0;
        if grown {
            self.tail = Some(appendix.tail);
            self.announce.send_replace(appendix.tail.position);
        }
        for (job, outcome) in jobs.into_iter().zip(outcomes) {
            job.settle(outcome);
        }
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

fn remembered_ids(jobs: &Jobs) -> Vec<Uuid> {
    let kept = jobs.iter().map(|job| job.context()).filter(|context| context.fingerprint.is_some());
    kept.map(|context| context.command_id).collect()
}

fn settle_all(jobs: Jobs, error: &ExecuteError) {
    for job in jobs {
        job.settle(Outcome::Failed(error.clone()));
    }
}
