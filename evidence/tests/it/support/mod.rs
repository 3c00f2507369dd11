//! A log of the test's own, a place for its checkpoints, and a key.

pub(crate) mod bucket;
mod log;

use std::{sync::Arc, time::Duration};

use event_store::{SystemClock, new_id};
use evidence::{
    Fault, IssueError, Issuer, IssuerOptions, Report, Scope, Signed, SigningKey, Target, TrustedKeys, verify,
};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, PgConnection, postgres::PgConnectOptions};
use tempfile::TempDir;

pub(crate) use log::Log;

pub(crate) struct World {
    pub(crate) database: PgConnectOptions,
    pub(crate) directory: TempDir,
    pub(crate) key: Arc<SigningKey>,
    pub(crate) target: Arc<Target>,
}

impl World {
    /// An empty, migrated database on the tests' shared server, and an empty directory.
    pub(crate) async fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let target = Target::named(directory.path().to_str().unwrap()).unwrap();
        Self { database: database().await, directory, key: Arc::new(key()), target: Arc::new(target) }
    }

    /// Keeps its checkpoints elsewhere.
    pub(crate) fn at(self, target: Target) -> Self {
        Self { target: Arc::new(target), ..self }
    }

    pub(crate) async fn log(&self) -> Log {
        Log::open(&self.database).await
    }

    pub(crate) async fn connect(&self) -> PgConnection {
        self.database.connect().await.unwrap()
    }

    pub(crate) fn trusted(&self) -> TrustedKeys {
        (*self.key.public()).into()
    }

    /// Checkpoints of at most so many events.
    pub(crate) fn issuer_options(&self, every_events: u32) -> IssuerOptions {
        IssuerOptions {
            database: self.database.clone(),
            key: Arc::clone(&self.key),
            trusted: self.trusted(),
            target: Arc::clone(&self.target),
            every_events,
            every: Duration::from_hours(1),
            clock: Arc::new(SystemClock),
        }
    }

    /// Issues as many checkpoints as there can be.
    pub(crate) async fn issue(&self, every_events: u32) -> Result<Vec<Signed>, IssueError> {
        let mut issuer = Issuer::new(self.issuer_options(every_events));
        let mut all = Vec::new();
        while let Some(signed) = issuer.issue(false).await? {
            all.push(signed);
        }
        Ok(all)
    }

    /// What is found with the checkpoints.
    pub(crate) async fn verify(&self) -> Report {
        self.verify_in(Scope::default()).await
    }

    pub(crate) async fn verify_in(&self, scope: Scope) -> Report {
        let evidence = Some((&*self.target, &self.trusted()));
        verify(&self.database, scope, evidence, &mut |_, _| {}).await.unwrap()
    }

    /// What is found without them.
    pub(crate) async fn verify_alone(&self) -> Report {
        verify(&self.database, Scope::default(), None, &mut |_, _| {}).await.unwrap()
    }

    /// The only fault.
    pub(crate) async fn fault(&self) -> Fault {
        let report = self.verify().await;
        let [fault] = &report.faults[..] else { panic!("one fault: {report:#?}") };
        fault.clone()
    }
}

pub(crate) async fn database() -> PgConnectOptions {
    let options = empty_database("evidence").await;
    event_store::migrate(&mut options.connect().await.unwrap()).await.unwrap();
    options
}

pub(crate) async fn empty_database(prefix: &str) -> PgConnectOptions {
    let server: PgConnectOptions = engines::testing::shared().await.postgres_url.parse().unwrap();
    let name = format!("{prefix}_{}", new_id().simple());
    let mut admin = server.connect().await.unwrap();
    sqlx::query(AssertSqlSafe(format!("create database {name}"))).execute(&mut admin).await.unwrap();
    admin.close().await.unwrap();
    server.database(&name)
}

pub(crate) fn key() -> SigningKey {
    SigningKey::from_pem(SigningKey::generate().unwrap().as_bytes()).unwrap()
}
