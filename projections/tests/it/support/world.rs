//! A log in a database of its own, and the projections on it.

use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use event_store::{
    Metadata,
    canonical::{Fields, GENESIS, hash},
};
use projections::{Model, ProjectionOptions, Projections};
use sqlx::{
    Connection, PgConnection, PgPool,
    postgres::{PgConnectOptions, PgPoolOptions},
};
use tokio::sync::watch;
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use uuid::Uuid;

use super::{History, Stream, expected};

const DEADLINE: Duration = Duration::from_secs(30);

pub(crate) struct World {
    pub(crate) database: PgConnectOptions,
    pub(crate) pool: PgPool,
    pub(crate) history: History,
    appended: usize,
}

/// The projections of one process.
pub(crate) struct Running {
    pub(crate) cancel: CancellationToken,
    pub(crate) tracker: TaskTracker,
}

impl World {
    pub(crate) async fn new(history: History) -> Self {
        let server: PgConnectOptions = engines::testing::shared().await.postgres_url.parse().unwrap();
        let name = format!("projections_{}", Uuid::new_v4().simple());
        let mut admin = PgConnection::connect_with(&server).await.unwrap();
        let create = sqlx::AssertSqlSafe(format!("create database {name}"));
        sqlx::raw_sql(create).execute(&mut admin).await.unwrap();
        let database = server.database(&name);
        let mut owner = PgConnection::connect_with(&database).await.unwrap();
        event_store::migrate(&mut owner).await.unwrap();
        let pool = PgPoolOptions::new().max_connections(3).connect_with(database.clone()).await.unwrap();
        Self { database, pool, history, appended: 0 }
    }

    /// A log that holds all of the history.
    pub(crate) async fn with(history: History) -> Self {
        let mut world = Self::new(history).await;
        world.append().await;
        world
    }

    /// Appends what the history has and the log has not.
    pub(crate) async fn append(&mut self) {
        self.append_by(500).await;
    }

    /// The same, so many events at a time.
    pub(crate) async fn append_by(&mut self, count: usize) {
        let new = self.history.events.iter().cloned().zip(self.history.commands.iter().copied());
        let new: Vec<_> = new.skip(self.appended).collect();
        self.appended = self.history.events.len();
        for chunk in new.chunks(count) {
            let events = chunk.iter().map(|(event, made)| {
                let metadata = Metadata {
                    schema: event.schema,
                    actor: made.by_somebody().then(Uuid::nil),
                    correlation: Uuid::nil(),
                    causation: None,
                    command_id: Uuid::from_u128(made.command),
                    traceparent: None,
                };
                let metadata = serde_json::to_string(&metadata).unwrap();
                (
                    event.stream.to_string(),
                    i64::try_from(event.version).unwrap(),
                    event.event_type.clone(),
                    event.data.clone(),
                    metadata,
                )
            });
            self.append_raw(events.collect()).await;
        }
    }

    /// Appends anything at all: stream, version, type, data, metadata.
    pub(crate) async fn append_raw(&self, events: Vec<(String, i64, String, String, String)>) {
        let mut transaction = self.pool.begin().await.unwrap();
        sqlx::raw_sql("lock table log_lock in exclusive mode").execute(&mut *transaction).await.unwrap();
        let mut head = event_store::head(&mut transaction).await.unwrap();
        for (stream_id, version, event_type, data, metadata) in events {
            let (position, event_id, recorded_at) = (head.position + 1, Uuid::new_v4(), self.now());
            let fields = Fields {
                position,
                stream_id: &stream_id,
                version,
                event_id,
                event_type: &event_type,
                recorded_at,
                data: &data,
                metadata: &metadata,
            };
            head.hash = hash(if position == 1 { &GENESIS } else { &head.hash }, &fields);
            sqlx::query("insert into events values ($1, $2, $3, $4, $5, $6::json, $7::json, $8, $9)")
                .bind(position)
                .bind(&stream_id)
                .bind(version)
                .bind(event_id)
                .bind(&event_type)
                .bind(&data)
                .bind(&metadata)
                .bind(recorded_at)
                .bind(head.hash.as_slice())
                .execute(&mut *transaction)
                .await
                .unwrap();
            head.position = position;
        }
        sqlx::query("select pg_notify('stagedoor_log', $1)")
            .bind(head.position.to_string())
            .execute(&mut *transaction)
            .await
            .unwrap();
        transaction.commit().await.unwrap();
    }

    #[expect(clippy::unused_self, reason = "a log has its time")]
    fn now(&self) -> DateTime<Utc> {
        DateTime::from_timestamp(1_800_000_000, 0).unwrap()
    }

    pub(crate) async fn connection(&self) -> PgConnection {
        PgConnection::connect_with(&self.database).await.unwrap()
    }

    pub(crate) async fn execute(&self, sql: &'static str) {
        sqlx::raw_sql(sql).execute(&self.pool).await.unwrap();
    }

    pub(crate) async fn number(&self, sql: &'static str) -> i64 {
        sqlx::query_scalar(sql).fetch_one(&self.pool).await.unwrap()
    }

    pub(crate) async fn head(&self) -> event_store::Head {
        event_store::head(&mut self.pool.acquire().await.unwrap()).await.unwrap()
    }

    /// The projections of one process, told of the head as a real one is.
    pub(crate) fn start(&self, stream: Option<&Stream>) -> Running {
        let cancel = CancellationToken::new();
        let head = event_store::watch_head(self.database.clone(), cancel.clone());
        self.start_knowing(stream, head, cancel)
    }

    pub(crate) fn start_knowing(
        &self,
        stream: Option<&Stream>,
        head: watch::Receiver<i64>,
        cancel: CancellationToken,
    ) -> Running {
        let tracker = TaskTracker::new();
        let options = ProjectionOptions {
            database: self.database.clone(),
            own: event_store::Own::default(),
            nats: stream.map(|stream| stream.client.clone()),
            stream: stream.map(|stream| stream.name.clone()).unwrap_or_default(),
            models: Model::ALL.to_vec(),
        };
        Projections::start(options, head, cancel.clone(), &tracker);
        Running { cancel, tracker }
    }

    /// Waits until every read model has come to the head.
    pub(crate) async fn caught_up(&self) {
        let head = self.head().await.position;
        self.until(&format!("all are at {head}"), async || {
            self.number("select coalesce(min(position), 0) * (count(*) / 4) from projection_checkpoints")
                .await
                >= head
        })
        .await;
    }

    /// Waits for a condition.
    pub(crate) async fn until(&self, what: &str, mut condition: impl AsyncFnMut() -> bool) {
        let started = Instant::now();
        while !condition().await {
            if started.elapsed() > DEADLINE {
                let list = projections::list(&mut self.pool.acquire().await.unwrap()).await;
                panic!("not so after {DEADLINE:?}: {what}; {list:#?}");
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    /// Every read model is what the domain's own aggregates make of the log.
    pub(crate) async fn is_as_expected(&self) {
        expected::compare(self).await;
    }
}

impl Running {
    pub(crate) async fn stop(self) {
        self.cancel.cancel();
        self.tracker.close();
        tokio::time::timeout(DEADLINE, self.tracker.wait())
            .await
            .expect("projections end when they are told to");
    }
}
