//! A database as it was, to be put back in its place.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use engines::{Lookup, find};
use sqlx::{AssertSqlSafe, ConnectOptions, PgConnection, postgres::PgConnectOptions};
use uuid::Uuid;

use super::World;

/// A database as it was.
pub(crate) enum Backup {
    /// As operators make it.
    Dump(PathBuf),
    /// Where Postgres came without its tools: another database.
    Copy(String),
}

impl World {
    /// The database as it is now. Nothing needs to be stopped for it.
    pub(crate) async fn back_up(&self) -> Backup {
        let Some(tools) = tools() else { return self.copy().await };
        let file = self.directory.path().join(format!("{}.dump", Uuid::new_v4().simple()));
        let mut dump = Command::new(tools.join("pg_dump"));
        dump.args(["--format", "custom", "--file"]).arg(&file).arg("--dbname").arg(self.owner_url());
        carry_out(dump);
        Backup::Dump(file)
    }

    async fn copy(&self) -> Backup {
        let copy = format!("{}_copy", self.database());
        let mut server = self.server().await;
        self.close(&mut server).await;
        execute(&mut server, format!("create database {copy} template {}", self.database())).await;
        execute(&mut server, format!("alter database {} allow_connections true", self.database())).await;
        Backup::Copy(copy)
    }

    /// Puts the database as it was in the place of the one that is there, as docs/operations.md says: beside it first,
    /// then under its name. Whoever is connected is thrown out, and finds the older state when they come back.
    pub(crate) async fn restore(&self, backup: Backup) {
        let (name, mut server) = (self.database(), self.server().await);
        let restored = match backup {
            Backup::Copy(copy) => copy,
            Backup::Dump(file) => {
                let restored = format!("{name}_restored");
                execute(&mut server, format!("create database {restored}")).await;
                let (host, _) = self.engines.postgres_url.rsplit_once('/').unwrap();
                let mut restore = Command::new(tools().unwrap().join("pg_restore"));
                restore.args(["--exit-on-error", "--dbname", &format!("{host}/{restored}")]).arg(file);
                carry_out(restore);
                restored
            }
        };
        self.close(&mut server).await;
        execute(&mut server, format!("alter database {name} rename to {name}_lost")).await;
        execute(&mut server, format!("alter database {restored} rename to {name}")).await;
    }

    /// Adds what is in these tables to those of another database; whether Postgres came with the tools that it takes.
    pub(crate) fn add_tables_to(&self, there: &Self, tables: &[&str]) -> bool {
        let Some(tools) = tools() else { return false };
        let file = self.directory.path().join("tables.dump");
        let mut dump = Command::new(tools.join("pg_dump"));
        dump.args(["--format", "custom", "--data-only"])
            .args(tables.iter().map(|table| format!("--table={table}")));
        dump.arg("--file").arg(&file).arg(self.owner_url());
        carry_out(dump);
        let mut restore = Command::new(tools.join("pg_restore"));
        restore.args(["--exit-on-error", "--single-transaction", "--dbname", &there.owner_url()]).arg(&file);
        carry_out(restore);
        true
    }

    async fn server(&self) -> PgConnection {
        self.engines.postgres_url.parse::<PgConnectOptions>().unwrap().connect().await.unwrap()
    }

    async fn close(&self, server: &mut PgConnection) {
        let name = self.database();
        execute(server, format!("alter database {name} allow_connections false")).await;
        let others = "select pg_terminate_backend(pid, 10000) from pg_stat_activity where datname = $1";
        sqlx::query(others).bind(name).execute(server).await.unwrap();
    }
}

/// Where `pg_dump` and `pg_restore` lie: beside the server that the tests run, whose version they then have.
fn tools() -> Option<PathBuf> {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let found = find::postgres(&Lookup::from_environment(workspace.join(".stagedoor/bin"))).unwrap().dir;
    let beside = found.join("postgres").canonicalize().unwrap().parent().unwrap().to_owned();
    ["pg_dump", "pg_restore"].iter().all(|tool| beside.join(tool).is_file()).then_some(beside)
}

fn carry_out(mut command: Command) {
    let ended = command.output().unwrap();
    assert!(ended.status.success(), "{command:?}: {}", String::from_utf8_lossy(&ended.stderr));
}

async fn execute(server: &mut PgConnection, sql: String) {
    sqlx::raw_sql(AssertSqlSafe(sql)).execute(server).await.unwrap();
}
