//! A database and a clock of the test's own, and runners.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use chrono::{DateTime, TimeDelta, Utc};
use event_store::{
    Clock, LogReader, Position, RecordedEvent, Sequencer, SequencerOptions, SystemClock, new_id,
};
use faultpoint::control::patience;
use processes::{Process, Readings, RunnerOptions, RunnerStatus};
use sqlx::{ConnectOptions, Connection, PgConnection, postgres::PgConnectOptions};
use tokio::{
    sync::watch,
    task::JoinHandle,
    time::{sleep, timeout},
};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

/// Nothing that a test waits for takes longer.
pub(crate) const PATIENCE: Duration = Duration::from_secs(40);

/// A clock that stands until it is told to go on.
pub(crate) struct Hands(Mutex<DateTime<Utc>>);

impl Hands {
    pub(crate) fn advance(&self, by: TimeDelta) {
        *self.0.lock().unwrap() += by;
    }
}

impl Clock for Hands {
    fn now(&self) -> DateTime<Utc> {
        *self.0.lock().unwrap()
    }
}

/// What processes run on.
pub(crate) struct World {
    pub(crate) database: PgConnectOptions,
    pub(crate) clock: Arc<Hands>,
    pub(crate) sequencer: Sequencer,
}

impl World {
    /// An empty, migrated database on the tests' shared server.
    pub(crate) async fn new() -> Self {
        let server: PgConnectOptions = engines::testing::shared().await.postgres_url.parse().unwrap();
        let name = format!("processes_{}", new_id().simple());
        let mut admin = server.connect().await.unwrap();
        let create = sqlx::AssertSqlSafe(format!("create database {name}"));
        sqlx::query(create).execute(&mut admin).await.unwrap();
        admin.close().await.unwrap();
        let database = server.database(&name);
        event_store::migrate(&mut database.connect().await.unwrap()).await.unwrap();
        let clock = Arc::new(Hands(Mutex::new(SystemClock.now())));
        let options = SequencerOptions::new(database.clone(), Arc::clone(&clock) as _);
        Self { sequencer: Sequencer::start(options).0, database, clock }
    }

    pub(crate) async fn connect(&self) -> PgConnection {
        self.database.connect().await.unwrap()
    }

    /// A runner that sees a head which is always further on: it never waits for the log, only for the least pause.
    pub(crate) fn run<P: Process<Context = Sequencer>>(&self) -> Running {
        self.run_with::<P>(Arc::clone(&self.clock) as _)
    }

    pub(crate) fn run_with<P: Process<Context = Sequencer>>(&self, clock: Arc<dyn Clock>) -> Running {
        self.run_by::<P>(clock, self.sequencer.clone())
    }

    /// The same of a process that needs more than a sequencer.
    pub(crate) fn run_on<P: Process>(&self, context: P::Context) -> Running {
        self.run_by::<P>(Arc::clone(&self.clock) as _, context)
    }

    fn run_by<P: Process>(&self, clock: Arc<dyn Clock>, context: P::Context) -> Running {
        let (head, options) = runner_options(&self.database, clock, context);
        let (sender, status) = watch::channel(RunnerStatus::default());
        let cancel = CancellationToken::new();
        let task = tokio::spawn(processes::run::<P>(options, sender, cancel.clone()));
        Running { status, cancel, task, _head: head }
    }

    pub(crate) async fn log(&self) -> Vec<RecordedEvent> {
        LogReader::new(self.database.clone(), "test").after(0, 10_000).await.unwrap()
    }

    pub(crate) async fn head(&self) -> event_store::Head {
        LogReader::new(self.database.clone(), "test").head().await.unwrap()
    }

    /// How often an event was recorded.
    pub(crate) async fn count(&self, event: &str) -> usize {
        self.log().await.iter().filter(|recorded| recorded.event_type == event).count()
    }

    pub(crate) async fn steps(&self, process: &str) -> Vec<Row> {
        let steps = "select target, step, cause, due_at, attempts + outages as attempts, parked \
                     from process_steps where process = $1 order by target, step";
        sqlx::query_as(steps).bind(process).fetch_all(&mut self.connect().await).await.unwrap()
    }

    pub(crate) async fn position(&self, process: &str) -> Option<Position> {
        let position = "select position from process_checkpoints where process = $1";
        sqlx::query_scalar(position).bind(process).fetch_optional(&mut self.connect().await).await.unwrap()
    }

    /// Waits until a process has read this log as far as it is now, or further.
    pub(crate) async fn caught_up(&self, process: &str) {
        let head = self.head().await.position;
        let read = "select exists (select from process_checkpoints read
                        join log_identity using (log_id) cross join log_head
                        where process = $1 and read.position between $2 and log_head.position)";
        let mut connection = self.connect().await;
        let is_read = async {
            while !sqlx::query_scalar::<_, bool>(read)
                .bind(process)
                .bind(head)
                .fetch_one(&mut connection)
                .await
                .unwrap()
            {
                sleep(Duration::from_millis(20)).await;
            }
        };
        timeout(patience(PATIENCE), is_read).await.expect("in vain: the log is read");
    }
}

/// What a runner needs that sees a head which is always further on, and whoever tells it so.
pub(crate) fn runner_options<C>(
    database: &PgConnectOptions,
    clock: Arc<dyn Clock>,
    context: C,
) -> (watch::Sender<Position>, RunnerOptions<C>) {
    let (head, receiver) = watch::channel(Position::MAX);
    let (database, readings) = (database.clone(), Readings::default());
    (head, RunnerOptions { database, context, clock, holder: new_id(), head: receiver, readings })
}

/// A row of `process_steps`.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub(crate) struct Row {
    pub(crate) target: Uuid,
    pub(crate) step: String,
    pub(crate) cause: Uuid,
    pub(crate) due_at: DateTime<Utc>,
    /// In vain, whoever was at fault.
    pub(crate) attempts: i32,
    pub(crate) parked: Option<String>,
}

/// A runner in the background.
pub(crate) struct Running {
    pub(crate) status: watch::Receiver<RunnerStatus>,
    cancel: CancellationToken,
    task: JoinHandle<()>,
    _head: watch::Sender<Position>,
}

impl Running {
    /// What it says next.
    pub(crate) async fn says(&mut self) -> RunnerStatus {
        timeout(patience(PATIENCE), self.status.changed()).await.expect("the runner says something").unwrap();
        self.status.borrow_and_update().clone()
    }

    /// Ends it wherever it is, as if its program had been killed. Its lease stays.
    pub(crate) async fn kill(self) {
        self.task.abort();
        let ended = self.task.await;
        assert!(ended.is_err_and(|error| error.is_cancelled()), "it ended by itself");
    }

    pub(crate) async fn stop(self) {
        self.cancel.cancel();
        timeout(PATIENCE, self.task).await.expect("the runner ends").unwrap();
    }
}

/// Waits for a condition, but not for ever.
pub(crate) async fn until(what: &str, condition: impl AsyncFn() -> bool) {
    let holds = async {
        while !condition().await {
            sleep(Duration::from_millis(20)).await;
        }
    };
    timeout(patience(PATIENCE), holds).await.unwrap_or_else(|_| panic!("in vain: {what}"));
}
