//! Running a process: read, react, perform; in one of however many programs.

use std::{sync::Arc, time::Duration};

use chrono::{DateTime, Utc};
use domain::DomainEvent;
use event_store::{Lease, LogReader, Position, RecordedEvent, SharedClock, connect};
use faultpoint::Point;
use sqlx::{PgConnection, postgres::PgConnectOptions};
use tokio::{
    sync::watch,
    time::{Instant, sleep, timeout},
};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::{
    checkpoint,
    deadline::within,
    in_flight::InFlight,
    process::{Performed, Process, Reaction, Step},
    readings::Readings,
    steps,
};

/// Events read at once.
const PAGE: usize = 1_000;
/// The lease is prolonged this often; it lasts 6 s, and no step takes longer than 4 s.
const PROLONG: Duration = Duration::from_secs(2);
/// How long a failure is waited out.
const PAUSE: Duration = Duration::from_secs(1);
/// The least pause once all is read that there is and all is done that is due: what comes meanwhile is read together.
const LEAST_PAUSE: Duration = Duration::from_millis(50);

/// What a runner needs.
#[derive(Clone)]
pub struct RunnerOptions<C> {
    /// The database, as the writer role.
    pub database: PgConnectOptions,
    /// What steps are performed with.
    pub context: C,
    /// Where the time comes from.
    pub clock: SharedClock,
    /// Names this program among those that may run the process.
    pub holder: Uuid,
    /// The head of the log.
    pub head: watch::Receiver<Position>,
    /// What was read of it a moment ago, shared by all processes of the program.
    pub readings: Readings,
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
    options: RunnerOptions<P::Context>,
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
    if let Ok(mut connection) = within(connect(&options.database, "processes")).await {
        let _ = within(lease.release(&mut connection)).await;
    }
}

type Error = Box<dyn std::error::Error + Send + Sync>;

/// What a worker took over.
#[derive(Clone, Copy)]
struct Turn {
    token: i64,
    log_id: Uuid,
}

/// What became of a page of events.
struct Page {
    /// How far it was read.
    to: Position,
    /// Whether more events may follow at once.
    full: bool,
    /// Why it was read no further.
    unreadable: Option<String>,
}

struct Runner<'a, P: Process> {
    options: &'a RunnerOptions<P::Context>,
    lease: &'a Lease,
    status: &'a watch::Sender<RunnerStatus>,
    log: LogReader,
    process: std::marker::PhantomData<P>,
}

impl<'a, P: Process> Runner<'a, P> {
    fn new(
        options: &'a RunnerOptions<P::Context>,
        lease: &'a Lease,
        status: &'a watch::Sender<RunnerStatus>,
    ) -> Self {
        let log = LogReader::new(options.database.clone(), "processes");
        Self { options, lease, status, log, process: std::marker::PhantomData }
    }

    /// Works for as long as it has the lease and nothing fails.
    async fn work(mut self) -> Result<(), Error> {
        let mut connection = within(connect(&self.options.database, "processes")).await?;
        let asked = Instant::now();
        let Some(token) = within(self.lease.take(&mut connection)).await? else {
            self.stand_by();
            return Ok(());
        };
        let known = within(checkpoint::take_over(&mut connection, P::NAME, token)).await?;
        let Some((log_id, position)) = known else {
            within(self.lease.release(&mut connection)).await?;
            self.stand_by();
            return Ok(());
        };
        self.count_parked(&mut connection).await?;
        self.follow(&mut connection, Turn { token, log_id }, position, asked).await
    }

    /// Reads on and performs what is due, until another worker takes over or the log is another one. The lease lasts from
    /// when it was asked for, at the latest.
    async fn follow(
        &mut self,
        connection: &mut PgConnection,
        turn: Turn,
        mut position: Position,
        mut prolonged: Instant,
    ) -> Result<(), Error> {
        let mut in_flight = InFlight::<P>::new();
        loop {
            if prolonged.elapsed() >= PROLONG {
                let asked = Instant::now();
                if !self.prolong(connection, turn).await? {
                    return Ok(());
                }
                prolonged = asked;
            }
            let Some(page) = self.read_page(connection, turn, position).await? else { return Ok(()) };
            position = page.to;
            let failing = page.unreadable.is_some();
            self.report(position, page.unreadable);
            self.settle(connection, in_flight.take_ended()).await?;
            // Until the log's end is reached, what seems due may long be settled further on. What can't be read must
            // not keep waiting what is due, though.
            if page.full && !failing {
                continue;
            }
            let now = self.now();
            // Those under way are among them.
            let due =
                within(steps::due(connection, P::NAME, now, limit(2 * (P::AT_ONCE + P::IN_LINE)))).await?;
            // What is begun must end before the lease does.
            if prolonged.elapsed() >= PROLONG {
                continue;
            }
            for step in due {
                if !in_flight.is_full() && !in_flight.has(&step) {
                    in_flight.start(&self.options.context, step);
                }
            }
            let least = if failing { PAUSE } else { LEAST_PAUSE };
            self.wait(connection, position, (now, least), &mut in_flight).await?;
        }
    }

    /// Keeps the lease; `false` if it is another's now, or if the log is no longer the one that was taken over.
    async fn prolong(&mut self, connection: &mut PgConnection, turn: Turn) -> Result<bool, Error> {
        let ours = within(self.lease.take(connection)).await? == Some(turn.token);
        self.count_parked(connection).await?;
        Ok(ours && self.log.head().await?.log_id == turn.log_id)
    }

    /// Reacts to the next events: how far that went, or nothing if another worker has taken over.
    async fn read_page(
        &mut self,
        connection: &mut PgConnection,
        turn: Turn,
        from: Position,
    ) -> Result<Option<Page>, Error> {
        let mut events = self.options.readings.after(turn.log_id, from, PAGE);
        if events.is_empty() {
            events = self.log.after(from, limit(PAGE)).await?.into_iter().map(Arc::new).collect();
            self.options.readings.keep(turn.log_id, from, &events);
        }
        let mut page = Page { to: from, full: events.len() == PAGE, unreadable: None };
        let (mut reactions, mut last): (Vec<(Uuid, Reaction)>, _) = (Vec::new(), None);
        for event in &events {
            match react::<P>(event) {
                Ok(followed) => {
                    reactions.extend(followed.into_iter().map(|reaction| (event.event_id, reaction)));
                }
                Err(error) => {
                    page.unreadable = Some(format!("position {}: {error}", event.position));
                    break;
                }
            }
            (page.to, last) = (event.position, Some(event));
        }
        let Some(last) = last else { return Ok(Some(page)) };
        if !within(event_store::holds(connection, last)).await? {
            // Others read it, before the log was put back to an older state.
            self.options.readings.forget();
            return Err(format!("the log no longer holds what was read of position {}", page.to).into());
        }
        faultpoint::pass(Point::ProcessesRead).await?;
        let advancing = checkpoint::advance(connection, P::NAME, turn.token, (from, page.to), &reactions);
        Ok(within(advancing).await?.then_some(page))
    }

    /// Records how steps ended.
    async fn settle(
        &self,
        connection: &mut PgConnection,
        ended: Vec<(Step, Performed)>,
    ) -> Result<(), Error> {
        if ended.is_empty() {
            return Ok(());
        }
        faultpoint::pass(Point::ProcessesAfterCommand).await?;
        within(steps::settle(connection, P::NAME, self.now(), &ended)).await?;
        faultpoint::reach(Point::ProcessesSettled).await;
        metrics::counter!("stagedoor_process_steps_total", "process" => P::NAME)
            .increment(ended.len() as u64);
        Ok(())
    }

    /// Waits for the log to grow, for a step to end or for the next one to be due, but not past the time to prolong the
    /// lease. What was due at a moment is under way, or waits for room.
    async fn wait(
        &self,
        connection: &mut PgConnection,
        position: Position,
        (looked_at, least): (DateTime<Utc>, Duration),
        in_flight: &mut InFlight<P>,
    ) -> Result<(), Error> {
        let due = if in_flight.is_full() {
            None
        } else {
            within(steps::next_due(connection, P::NAME, looked_at)).await?
        };
        let most = due.map_or(PROLONG, |due| (due - self.now()).to_std().unwrap_or_default().min(PROLONG));
        let mut head = self.options.head.clone();
        let grown = async {
            if head.wait_for(|head| *head > position).await.is_err() {
                // Nobody tells any more: time is the only reason left to look again.
                std::future::pending::<()>().await;
            }
        };
        // Whether the log grew or time passed: both are reasons to look again.
        tokio::select! {
            (_, ()) = async { tokio::join!(timeout(most, grown), sleep(least)) } => {}
            () = in_flight.some_end() => {}
        }
        Ok(())
    }

    fn report(&self, position: Position, unreadable: Option<String>) {
        let Some(reason) = unreadable else {
            self.status.send_replace(RunnerStatus::Running(position));
            return;
        };
        // Said once: it is found again with every look.
        let failing = RunnerStatus::Failing(reason.clone());
        if *self.status.borrow() != failing {
            tracing::error!(process = P::NAME, reason, "an event can't be read; what is due is still done");
            self.status.send_replace(failing);
        }
    }

    fn stand_by(&self) {
        self.status.send_replace(RunnerStatus::StandingBy);
        // Told by whoever works.
        parked_gauge(P::NAME).set(0.0);
    }

    #[expect(clippy::cast_precision_loss, reason = "a count for people to look at")]
    async fn count_parked(&self, connection: &mut PgConnection) -> Result<(), Error> {
        let parked = within(steps::parked(connection, P::NAME)).await?;
        parked_gauge(P::NAME).set(parked as f64);
        Ok(())
    }

    fn now(&self) -> DateTime<Utc> {
        self.options.clock.now()
    }
}

fn parked_gauge(process: &'static str) -> metrics::Gauge {
    metrics::gauge!("stagedoor_process_steps_parked", "process" => process)
}

fn limit(rows: usize) -> i64 {
    i64::try_from(rows).unwrap_or(i64::MAX)
}

fn react<P: Process>(event: &RecordedEvent) -> Result<Vec<Reaction>, Error> {
    let stream = event.stream()?;
    if !P::concerns(stream.category()) {
        return Ok(vec![]);
    }
    let decoded = DomainEvent::decode(stream, event.stored()?)?;
    Ok(P::react(&decoded, event))
}
