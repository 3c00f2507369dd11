//! Engines as `stagedoor up` starts them, and databases on them.

use std::{cell::Cell, path::Path};

use engines::testing::{self, SharedEngines, ThrowawayEngines};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, PgConnection, postgres::PgConnectOptions};
use tempfile::TempDir;

use super::{Person, Ports, people, program};
use crate::{fallible::Fallible, say};

const TEMPLATE: &str = "bench_house";
const PASSWORD: &str = "bench";
/// As `up` makes them: each with the rights of one group.
const LOG_IN_ROLES: [(&str, &str); 3] = [
    ("bench_owner", "stagedoor_owner"),
    ("bench_writer", "stagedoor_writer"),
    ("bench_reader", "stagedoor_reader"),
];

/// Postgres and NATS with the settings of `up`, and who is signed in.
pub(crate) struct Site {
    engines: ThrowawayEngines,
    directory: TempDir,
    people: Vec<Person>,
    houses: Cell<u32>,
}

/// A database and a stream of its own.
#[derive(Clone)]
pub(crate) struct House<'a> {
    site: &'a Site,
    name: String,
    addresses: SharedEngines,
}

impl Site {
    /// Starts the engines, and signs everybody in.
    pub(crate) async fn open() -> Fallible<Self> {
        say::note("starting Postgres and NATS");
        let engines = testing::throwaway_like_up().await?;
        let directory = tempfile::tempdir()?;
        let mut site = Self { engines, directory, people: vec![], houses: Cell::new(0) };
        let mut connection = site.superuser("postgres")?.connect().await?;
        sqlx::raw_sql(event_store::ROLES_SQL).execute(&mut connection).await?;
        for (role, group) in LOG_IN_ROLES {
            let sql = format!("create role {role} login password '{PASSWORD}' in role {group}");
            sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut connection).await?;
        }
        let sql = format!("create database {TEMPLATE} owner bench_owner");
        sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut connection).await?;
        connection.close().await?;
        let template = site.named(TEMPLATE);
        program::run(&template, &["migrate"]).await?;
        say::note("signing 256 people in");
        site.people = people::sign_in(template.writer()?).await?;
        Ok(site)
    }

    /// A fresh database, in which everybody is signed in and nothing has happened, and a fresh stream.
    pub(crate) async fn house(&self) -> Fallible<House<'_>> {
        self.houses.set(self.houses.get() + 1);
        let house = self.named(&format!("bench_house_{}", self.houses.get()));
        self.create(&house.name, &format!("template {TEMPLATE} owner bench_owner")).await?;
        Ok(house)
    }

    /// A copy of a house to which nothing is connected, with an empty stream of its own.
    pub(crate) async fn copy(&self, house: &House<'_>) -> Fallible<House<'_>> {
        self.houses.set(self.houses.get() + 1);
        let copy = self.named(&format!("bench_house_{}", self.houses.get()));
        self.create(&copy.name, &format!("template {} owner bench_owner", house.name)).await?;
        Ok(copy)
    }

    /// An empty database for a floor; its URL.
    pub(crate) async fn floor(&self, schema: &'static str) -> Fallible<String> {
        self.houses.set(self.houses.get() + 1);
        let name = format!("bench_floor_{}", self.houses.get());
        self.create(&name, "").await?;
        let mut connection = self.superuser(&name)?.connect().await?;
        sqlx::raw_sql(schema).execute(&mut connection).await?;
        connection.close().await?;
        Ok(self.engines.postgres.url_for(&name))
    }

    /// Everybody who is signed in.
    pub(crate) fn people(&self) -> &[Person] {
        &self.people
    }

    async fn create(&self, name: &str, how: &str) -> Fallible<()> {
        let mut connection = self.superuser("postgres")?.connect().await?;
        sqlx::raw_sql(AssertSqlSafe(format!("create database {name} {how}")))
            .execute(&mut connection)
            .await?;
        connection.close().await?;
        Ok(())
    }

    fn named(&self, name: &str) -> House<'_> {
        House { site: self, name: name.to_owned(), addresses: self.engines.addresses() }
    }

    fn superuser(&self, database: &str) -> Fallible<PgConnectOptions> {
        Ok(self.engines.postgres.url_for(database).parse()?)
    }
}

impl House<'_> {
    /// What the program is told, by environment. Everything else is left as it is by default.
    pub(crate) fn settings(&self, ports: Ports) -> Vec<(&'static str, String)> {
        let mut settings = vec![
            ("DATABASE_URL", self.url("bench_writer")),
            ("READ_DATABASE_URL", self.url("bench_reader")),
            ("MIGRATE_DATABASE_URL", self.url("bench_owner")),
            ("NATS_URL", self.addresses.nats_url.clone()),
            ("STAGEDOOR_READ_NATS_URL", self.addresses.nats_reader_url.clone()),
            ("STAGEDOOR_STREAM", self.stream()),
            ("STAGEDOOR_SIGN_IN_LIMIT", "0".to_owned()),
            ("STAGEDOOR_LOG_FORMAT", "json".to_owned()),
        ];
        settings.extend(ports.settings());
        settings
    }

    /// The stream that the house's log is published to.
    pub(crate) fn stream(&self) -> String {
        self.name.to_uppercase()
    }

    /// The database, as the role that writes.
    pub(crate) fn writer(&self) -> Fallible<PgConnectOptions> {
        Ok(self.url("bench_writer").parse()?)
    }

    /// A connection that may see everything, for audits and preparations.
    pub(crate) async fn superuser(&self) -> Fallible<PgConnection> {
        Ok(self.site.superuser(&self.name)?.connect().await?)
    }

    /// Removes the database and the stream.
    pub(crate) async fn demolish(self) -> Fallible<()> {
        let _ = self.jetstream().await?.delete_stream(self.stream()).await;
        let mut connection = self.site.superuser("postgres")?.connect().await?;
        let sql = AssertSqlSafe(format!("drop database {} with (force)", self.name));
        sqlx::raw_sql(sql).execute(&mut connection).await?;
        connection.close().await?;
        Ok(())
    }

    /// Where the house is.
    pub(crate) fn site(&self) -> &Site {
        self.site
    }

    /// Where logs go.
    pub(crate) fn directory(&self) -> &Path {
        self.site.directory.path()
    }

    /// Its name.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// Where its NATS is, as the user who may do everything.
    pub(crate) fn nats_url(&self) -> &str {
        &self.addresses.nats_url
    }

    /// Where its Postgres is, as the role that only reads.
    pub(crate) fn reader_url(&self) -> String {
        self.url("bench_reader")
    }

    fn url(&self, role: &str) -> String {
        let port = self.site.engines.postgres.port();
        format!("postgres://{role}:{PASSWORD}@127.0.0.1:{port}/{}", self.name)
    }
}
