//! A log, a stream and relays between them.

mod log;
mod stream;

use std::time::Duration;

use engines::testing::shared;
use event_store::{Position, watch_head};
use relay::{NatsOptions, RelayOptions, RelayState, RelayStatus, run};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, PgConnection, postgres::PgConnectOptions};
use tokio::{sync::watch, task::JoinHandle, time::timeout};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

pub use self::{log::Log, stream::Stream};

/// Far longer than anything here takes.
fn at_most() -> Duration {
    faultpoint::control::patience(Duration::from_mins(1))
}

/// One test's own database and stream.
pub struct World {
    pub options: RelayOptions,
    pub log: Log,
    pub stream: Stream,
}

impl World {
    pub async fn new() -> Self {
        Self::on(&shared().await.nats_url).await
    }

    /// With a NATS of the test's own.
    pub async fn on(nats_url: &str) -> Self {
        let database = new_database().await;
        let name = format!("T{}", Uuid::new_v4().simple());
        let options = RelayOptions {
            stream: name.to_uppercase(),
            subject_prefix: name,
            max_bytes: 64 << 20,
            ..RelayOptions::new(database.clone(), NatsOptions::new(nats_url), Uuid::new_v4())
        };
        let stream = Stream::new(&options).await;
        Self { log: Log::open(&database).await, stream, options }
    }

    pub fn relay(&self) -> Relay {
        Relay::start(self.options.clone())
    }

    /// Waits until the stream ends where the log does, and compares every message with its event.
    pub async fn stream_becomes_the_log(&mut self) {
        self.stream.reaches(self.log.head()).await;
        self.stream_is_the_log_from(1).await;
    }

    pub async fn stream_is_the_log_from(&mut self, first: Position) {
        let messages = self.stream.read(first).await;
        let events = self.log.after(first - 1).await;
        assert_eq!(messages.len(), events.len());
        for (message, event) in messages.iter().zip(&events) {
            message.is(event, self.log.id);
        }
    }
}

/// A relay at work, ended when dropped.
pub struct Relay {
    pub status: watch::Receiver<RelayStatus>,
    cancel: CancellationToken,
    work: JoinHandle<()>,
}

impl Relay {
    pub fn start(options: RelayOptions) -> Self {
        let cancel = CancellationToken::new();
        let head = watch_head(options.database.clone(), cancel.clone());
        let (status, work) = run(options, head, cancel.clone());
        Self { status, cancel, work: tokio::spawn(work) }
    }

    pub async fn becomes(&mut self, wanted: impl Fn(&RelayState) -> bool) -> RelayStatus {
        let waiting = async { self.status.wait_for(|status| wanted(&status.state)).await.unwrap().clone() };
        let status = timeout(at_most(), waiting).await;
        status.unwrap_or_else(|_| panic!("the relay stays as it is: {:?}", *self.status.borrow()))
    }

    pub async fn stop(mut self) {
        self.cancel.cancel();
        timeout(at_most(), &mut self.work).await.expect("the relay ends").unwrap();
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        self.cancel.cancel();
    }
}

/// Asks again until the answer is yes.
pub async fn until<F: Future<Output = bool>>(what: &str, mut question: impl FnMut() -> F) {
    let asking = async {
        let mut pause = tokio::time::interval(Duration::from_millis(20));
        while !question().await {
            pause.tick().await;
        }
    };
    timeout(at_most(), asking).await.unwrap_or_else(|_| panic!("{what}: not in time"));
}

async fn new_database() -> PgConnectOptions {
    let admin: PgConnectOptions = shared().await.postgres_url.parse().unwrap();
    let name = format!("relay_{}", Uuid::new_v4().simple());
    let mut connection = admin.connect().await.unwrap();
    sqlx::query(AssertSqlSafe(format!("create database {name}"))).execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
    let options = admin.database(&name);
    let mut connection = PgConnection::connect_with(&options).await.unwrap();
    event_store::migrate(&mut connection).await.unwrap();
    options
}
