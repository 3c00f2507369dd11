//! Running a process: read, react, perform; in one of however many programs.

use std::time::Duration;

use chrono::{DateTime, Utc};
use domain::DomainEvent;
use event_store::{Lease, LogReader, Position, RecordedEvent, Sequencer, SharedClock, connect};
use futures::{StreamExt, stream};
use sqlx::{PgConnection, postgres::PgConnectOptions};
use tokio::{
    sync::watch,
    time::{Instant, sleep, timeout},
};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::{
    process::{Process, Reaction},
    store,
};

/// Events read at once.
const PAGE: i64 = 1_000;
/// Steps performed at once.
const STEPS: i64 = 512;
/// The lease is prolonged this often; it lasts 6 s.
const PROLONG: Duration = Duration::from_secs(2);
/// How long a failure is waited out.
const PAUSE: Duration = Duration::from_secs(1);

/// What a runner needs.
#[derive(Clone)]
pub struct RunnerOptions {
    /// The database, as the writer role.
    pub database: PgConnectOptions,
    /// Carries out the commands.
    pub sequencer: Sequencer,
    /// Where the time comes from.
    pub clock: SharedClock,
    /// Names this program among those that may run the process.
    pub holder: Uuid,
    /// The head of the log.
    pub head: watch::Receiver<Position>,
}

/// Where a runner stands.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum RunnerStatus {
    /// Another program runs the process, or this one is about to.
    #[default]
    StandingBy,
    /// It reads and performs, and has come this far.
    Running(Position),
    /// It can't go on, for this reason; it keeps trying.
    Failing(String),
}

/// Runs a process until `cancel`. Any number of programs may: one at a time works, the others stand by.
pub async fn run<P: Process>(
    options: RunnerOptions,
    status: watch::Sender<RunnerStatus>,
    cancel: CancellationToken,
) {
    let lease = Lease::new(format!("process/{}", P::NAME), options.holder);
    cancel
        .run_until_cancelled(async {
            loop {
                let error = match Box::pin(Runner::<P>::new(&options, &lease, &status).work()).await {
                    Ok(()) => None,
                    Err(error) => Some(error.to_string()),
                };
                if let Some(error) = error {
                    tracing::warn!(process = P::NAME, error, "a process can't go on; trying again");
                    status.send_replace(RunnerStatus::Failing(error));
                }
                sleep(PAUSE).await;
            }
        })
        .await;
    if let Ok(mut connection) = connect(&options.database, "processes").await {
        let _ = lease.release(&mut connection).await;
    }
}

type Error = Box<dyn std::error::Error + Send + Sync>;

struct Runner<'a, P> {
    options: &'a RunnerOptions,
    lease: &'a Lease,
    status: &'a watch::Sender<RunnerStatus>,
    log: LogReader,
    process: std::marker::PhantomData<P>,
}

impl<'a, P: Process> Runner<'a, P> {
    fn new(options: &'a RunnerOptions, lease: &'a Lease, status: &'a watch::Sender<RunnerStatus>) -> Self {
        let log = LogReader::new(options.database.clone(), "processes");
        Self { options, lease, status, log, process: std::marker::PhantomData }
    }

    /// Works for as long as it has the lease and nothing fails.
    async fn work(mut self) -> Result<(), Error> {
        let mut connection = connect(&self.options.database, "processes").await?;
        let Some(token) = self.lease.take(&mut connection).await? else {
            self.status.send_replace(RunnerStatus::StandingBy);
            return Ok(());
        };
        let mut prolonged = Instant::now();
        let head = self.log.head().await?;
        let mut position = store::checkpoint(&mut connection, P::NAME, head.log_id, token).await?;
        loop {
            if prolonged.elapsed() >= PROLONG {
                if self.lease.take(&mut connection).await? != Some(token) {
                    return Ok(());
                }
                prolonged = Instant::now();
            }
            let Some(read) = self.read_page(&mut connection, token, position).await? else { return Ok(()) };
            let moved = read != position;
            position = read;
            self.status.send_replace(RunnerStatus::Running(position));
            let performed = self.perform_due(&mut connection).await?;
            if !moved && performed == 0 {
                self.wait(&mut connection, position).await?;
            }
        }
    }

    /// Reacts to the next events: the new checkpoint, or nothing if another worker has taken over.
    async fn read_page(
        &mut self,
        connection: &mut PgConnection,
        token: i64,
        from: Position,
    ) -> Result<Option<Position>, Error> {
        let events = self.log.after(from, PAGE).await?;
        let Some(last) = events.last() else { return Ok(Some(from)) };
        let to = last.position;
        let mut reactions: Vec<(Uuid, Reaction)> = Vec::new();
        for event in &events {
            reactions.extend(react::<P>(event)?.into_iter().map(|reaction| (event.event_id, reaction)));
        }
        let ours = store::advance(connection, P::NAME, token, (from, to), &reactions).await?;
        Ok(ours.then_some(to))
    }

    /// Performs what is due, and tells how much that was.
    async fn perform_due(&self, connection: &mut PgConnection) -> Result<usize, Error> {
        let steps = store::due(connection, P::NAME, self.now(), STEPS).await?;
        if steps.is_empty() {
            return Ok(0);
        }
        let sequencer = &self.options.sequencer;
        let performing = stream::iter(steps).map(|step| async move {
            let performed = P::perform(sequencer, &step).await;
            (step, performed)
        });
        let performed: Vec<_> =
            performing.buffer_unordered(usize::try_from(STEPS).unwrap_or(1)).collect().await;
        store::settle(connection, P::NAME, self.now(), &performed).await?;
        metrics::counter!("stagedoor_process_steps_total", "process" => P::NAME)
            .increment(performed.len() as u64);
        Ok(performed.len())
    }

    /// Waits for the log to grow or the next step to be due, but not past the time to prolong the lease.
    async fn wait(&self, connection: &mut PgConnection, position: Position) -> Result<(), Error> {
        let due = store::next_due(connection, P::NAME).await?;
        // A step that is due already makes the pause nothing.
        let pause = due.map_or(PROLONG, |due| (due - self.now()).to_std().unwrap_or_default().min(PROLONG));
        let mut head = self.options.head.clone();
        // Whether the log grew or time passed: both are reasons to look again.
        let unheard =
            timeout(pause, head.wait_for(|head| *head > position)).await.is_ok_and(|heard| heard.is_err());
        if unheard {
            sleep(pause).await;
        }
        Ok(())
    }

    fn now(&self) -> DateTime<Utc> {
        self.options.clock.now()
    }
}

fn react<P: Process>(event: &RecordedEvent) -> Result<Vec<Reaction>, Error> {
    let decoded = DomainEvent::decode(event.stream()?, event.stored()?)
        .map_err(|error| format!("position {}: {error}", event.position))?;
    Ok(P::react(&decoded, event))
}
