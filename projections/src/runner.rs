//! Keeps one read model up to date, as long as the program runs.

use std::{marker::PhantomData, ops::Range, time::Duration};

use event_store::{Lease, LogReader, Position};
use metrics::{counter, gauge};
use sqlx::{PgConnection, postgres::PgConnectOptions};
use tokio::{
    sync::watch,
    time::{Instant, error::Elapsed, sleep, sleep_until, timeout},
};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::{
    apply::{ApplyError, apply},
    batch::Stop,
    checkpoint::{self, Checkpoint, CheckpointError},
    connect::connect,
    ear::Ear,
    read_model::ReadModel,
    source::Source,
    upgrade::Outdated,
};

/// How often the lease is prolonged, and asked for by those who do not have it. Well within its six seconds.
const LEASE_EVERY: Duration = Duration::from_secs(2);
/// How often one who stands by looks whether the other makes progress.
const LOOK_EVERY: Duration = Duration::from_millis(500);
/// A read model that stands still this long, with events to apply, is helped on.
const STALLED_AFTER: Duration = Duration::from_secs(1);
/// The pause after the database failed; it doubles up to the last.
const FIRST_PAUSE: Duration = Duration::from_millis(100);
const LAST_PAUSE: Duration = Duration::from_secs(2);
/// The pause after which a projection that stopped tries again.
const STOPPED_PAUSE: Duration = Duration::from_secs(10);

/// Batches of such sizes come one after the other when much is sold: then more is taken together, which costs less. A
/// whole page means being behind, and less than that an event somebody may be waiting for.
const BUSY: Range<usize> = 200..1_000;
const PACE: Duration = Duration::from_millis(30);
/// Longer than this no batch may take.
const APPLY_TIMEOUT: Duration = Duration::from_secs(30);

/// What every runner is given.
#[derive(Clone)]
pub(crate) struct Settings {
    pub(crate) database: PgConnectOptions,
    pub(crate) ear: Ear,
    pub(crate) head: watch::Receiver<Position>,
    /// Names this process among those who ask for leases.
    pub(crate) holder: Uuid,
    pub(crate) cancel: CancellationToken,
}

/// Keeps one read model up to date.
pub(crate) struct Runner<M> {
    settings: Settings,
    outdated: Outdated,
    lease: Lease,
    /// Until when the lease is safely ours.
    leased_until: Option<Instant>,
    /// Works without the lease, because its holder does not.
    helping: bool,
    model: PhantomData<M>,
}

/// Why a session ended.
#[derive(Debug, thiserror::Error)]
enum Trouble {
    #[error(transparent)]
    Stop(#[from] Stop),
    #[error(transparent)]
    Database(#[from] sqlx::Error),
    #[error("the log is another one now")]
    OtherLog,
}

impl<M: ReadModel> Runner<M> {
    pub(crate) fn new(settings: Settings, outdated: Outdated) -> Self {
        let lease = Lease::new(checkpoint::lease_name(M::NAME), settings.holder);
        Self { settings, outdated, lease, leased_until: None, helping: false, model: PhantomData }
    }

    /// Runs until it is cancelled; a batch that was begun is finished first.
    pub(crate) async fn run(mut self) {
        let mut pause = FIRST_PAUSE;
        loop {
            let started = Instant::now();
            let Err(trouble) = self.session().await else { return };
            self.leased_until = None;
            if started.elapsed() > LAST_PAUSE {
                pause = FIRST_PAUSE;
            }
            let wait = match &trouble {
                Trouble::Stop(stop) => {
                    tracing::error!(projection = M::NAME, %stop, "the projection stopped");
                    STOPPED_PAUSE
                }
                Trouble::Database(_) | Trouble::OtherLog => {
                    tracing::warn!(projection = M::NAME, error = %trouble, "the projection starts again");
                    pause
                }
            };
            pause = (pause * 2).min(LAST_PAUSE);
            if self.settings.cancel.run_until_cancelled(sleep(wait)).await.is_none() {
                return;
            }
        }
    }

    /// Works on one connection until something goes wrong, or, then without an error, until it is cancelled.
    async fn session(&mut self) -> Result<(), Trouble> {
        let cancel = self.settings.cancel.clone();
        let open = connect(&self.settings.database, M::NAME);
        let Some(connection) = cancel.run_until_cancelled(open).await else { return Ok(()) };
        let mut connection = connection?;
        let ended = self.work(&mut connection).await;
        if let Err(Trouble::Stop(stop)) = &ended {
            checkpoint::stop(&mut connection, M::NAME, &stop.0, self.settings.holder).await?;
        }
        // Somebody else may go on at once. A connection that is broken can't say so, and the lease runs out.
        if self.leased_until.take().is_some() && !matches!(ended, Err(Trouble::Database(_))) {
            self.lease.release(&mut connection).await?;
        }
        ended
    }

    async fn work(&mut self, connection: &mut PgConnection) -> Result<(), Trouble> {
        let cancel = self.settings.cancel.clone();
        let mut at = self.checkpoint(connection).await?;
        let log = LogReader::new(self.settings.database.clone(), M::NAME);
        let (ear, head) = (self.settings.ear.clone(), self.settings.head.clone());
        let mut source = Source::new(ear, log, head, at.log_id);
        while !cancel.is_cancelled() {
            if !self.may_work(connection, &at).await? {
                if cancel.run_until_cancelled(self.stand_by(connection)).await.transpose()?.is_none() {
                    return Ok(());
                }
                at = self.checkpoint(connection).await?;
                continue;
            }
            let deadline = Instant::now() + LEASE_EVERY;
            let Some(events) = cancel.run_until_cancelled(source.after(at.position, deadline)).await else {
                return Ok(());
            };
            let events = events?;
            let begun = Instant::now();
            at = match within(apply::<M, _>(connection, &at, &events)).await {
                Ok(Some(moved)) => moved,
                Ok(None) => self.give_way(connection).await?,
                Err(ApplyError::Stop(stop)) => return Err(stop.into()),
                Err(ApplyError::Database(error)) => return Err(error.into()),
            };
            counter!("stagedoor_projection_events_total", "projection" => M::NAME)
                .increment(events.len() as u64);
            self.measure(at.position);
            if BUSY.contains(&events.len()) {
                let _ = cancel.run_until_cancelled(sleep_until(begun + PACE)).await;
            }
        }
        Ok(())
    }

    /// The checkpoint as it is, in the log as it is. Rows of an older version are gone on with until they are replaced.
    async fn checkpoint(&self, connection: &mut PgConnection) -> Result<Checkpoint, Trouble> {
        let checkpoint = checkpoint::ensure::<M>(connection).await.map_err(|error| match error {
            CheckpointError::Stop(stop) => Trouble::Stop(stop),
            CheckpointError::Database(error) => Trouble::Database(error),
        })?;
        if checkpoint.version < M::VERSION {
            self.outdated.found();
        }
        Ok(checkpoint)
    }

    /// Whether the lease is ours or, while its holder sleeps, is not needed. Asks now and then; then it also looks
    /// whether this is still the same log.
    async fn may_work(&mut self, connection: &mut PgConnection, at: &Checkpoint) -> Result<bool, Trouble> {
        if self.leased_until.is_some_and(|until| Instant::now() < until) {
            return Ok(true);
        }
        if event_store::head(&mut *connection).await?.log_id != at.log_id {
            return Err(Trouble::OtherLog);
        }
        let leased = self.lease.take(connection).await?.is_some();
        self.leased_until = leased.then(|| Instant::now() + LEASE_EVERY);
        Ok(leased || self.helping)
    }

    /// Waits until the lease is to be had, or its holder makes no progress though there are events.
    async fn stand_by(&mut self, connection: &mut PgConnection) -> Result<(), sqlx::Error> {
        let mut seen = (checkpoint::position(connection, M::NAME).await?, Instant::now());
        loop {
            sleep(LOOK_EVERY).await;
            if self.lease.take(connection).await?.is_some() {
                self.leased_until = Some(Instant::now() + LEASE_EVERY);
                return Ok(());
            }
            let position = checkpoint::position(connection, M::NAME).await?;
            self.measure(position);
            if position != seen.0 || position >= *self.settings.head.borrow() {
                seen = (position, Instant::now());
            } else if seen.1.elapsed() >= STALLED_AFTER {
                tracing::warn!(projection = M::NAME, position, "nobody makes progress; helping");
                self.helping = true;
                return Ok(());
            }
        }
    }

    /// Somebody else moved the checkpoint. Nothing of ours was written; who holds the lease goes on.
    async fn give_way(&mut self, connection: &mut PgConnection) -> Result<Checkpoint, Trouble> {
        tracing::info!(projection = M::NAME, "another instance moved the checkpoint");
        self.helping = false;
        self.checkpoint(connection).await
    }

    #[expect(clippy::cast_precision_loss, reason = "a lag of 2^52 events can't be")]
    fn measure(&self, position: Position) {
        let lag = (*self.settings.head.borrow() - position).max(0);
        gauge!("stagedoor_projection_lag_events", "projection" => M::NAME).set(lag as f64);
        gauge!("stagedoor_projection_position", "projection" => M::NAME).set(position as f64);
    }
}

/// A database that went away without a word must not be waited for.
async fn within<T>(applying: impl Future<Output = Result<T, ApplyError>>) -> Result<T, ApplyError> {
    let late = |elapsed: Elapsed| Err(sqlx::Error::Io(elapsed.into()).into());
    timeout(APPLY_TIMEOUT, applying).await.unwrap_or_else(late)
}
