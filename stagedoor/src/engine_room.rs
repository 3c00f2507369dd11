//! The engines of `up`: started where none are given, looked after, and stopped in the end.

use std::{path::Path, sync::Arc};

use engines::{Lookup, Nats, NatsOptions, Postgres, PostgresOptions, Supervisor, find};
use rand::distr::{Alphanumeric, SampleString};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, PgConnection, postgres::PgConnectOptions};
use tokio_util::sync::CancellationToken;

use crate::{failure::Failure, output, settings::Settings};

const DATABASE: &str = "stagedoor";

/// Roles that log in, each with the group whose rights it has.
const OWNER: (&str, &str) = ("stagedoor_up_owner", "stagedoor_owner");
const WRITER: (&str, &str) = ("stagedoor_up_writer", "stagedoor_writer");
const READER: (&str, &str) = ("stagedoor_up_reader", "stagedoor_reader");

/// The engines that this process started.
#[derive(Default)]
pub(crate) struct EngineRoom {
    postgres: Option<Arc<Postgres>>,
    nats: Option<Arc<Nats>>,
    supervisors: Vec<Supervisor>,
    cancel: CancellationToken,
}

impl EngineRoom {
    /// Starts what the settings don't name, and completes the settings. An engine whose start was begun is waited for,
    /// so that it can be stopped in order; `asked` only keeps the next from being started.
    pub(crate) async fn start(
        &mut self,
        settings: &mut Settings,
        data_dir: &Path,
        reset: bool,
        asked: &CancellationToken,
    ) -> Result<(), Failure> {
        let mut lookup = Lookup::from_environment(data_dir.join("bin"));
        lookup.postgres = settings.pg_bin.clone().or(lookup.postgres);
        lookup.nats = settings.nats_bin.clone().or(lookup.nats);
        if settings.database_url.is_none() {
            self.start_postgres(settings, &lookup, &data_dir.join("postgres"), reset).await?;
        }
        if settings.nats_url.is_none() && !asked.is_cancelled() {
            self.start_nats(settings, &lookup, &data_dir.join("nats"), reset).await?;
        }
        Ok(())
    }

    async fn start_postgres(
        &mut self,
        settings: &mut Settings,
        lookup: &Lookup,
        data_dir: &Path,
        reset: bool,
    ) -> Result<(), Failure> {
        if reset {
            Postgres::erase(data_dir).await?;
        }
        let binaries = find::postgres(lookup)?;
        output::note(&format!("Starting Postgres {} from {}.", binaries.major, binaries.dir.display()));
        let postgres = Arc::new(Postgres::start(PostgresOptions::new(binaries, data_dir)).await?);
        self.supervisors.push(Supervisor::spawn(Arc::clone(&postgres), self.cancel.clone()));
        let port = postgres.port();
        let superuser: PgConnectOptions = postgres.url().parse()?;
        self.postgres = Some(postgres);
        let mut connection = superuser.connect().await?;
        sqlx::raw_sql(event_store::ROLES_SQL).execute(&mut connection).await?;
        let url = |(role, _): (&str, &str), password: &str| {
            format!("postgres://{role}:{password}@127.0.0.1:{port}/{DATABASE}")
        };
        settings.migrate_database_url = Some(url(OWNER, &log_in_role(&mut connection, OWNER).await?));
        settings.database_url = Some(url(WRITER, &log_in_role(&mut connection, WRITER).await?));
        settings.read_database_url = Some(url(READER, &log_in_role(&mut connection, READER).await?));
        make_database(&mut connection).await?;
        connection.close().await?;
        Ok(())
    }

    async fn start_nats(
        &mut self,
        settings: &mut Settings,
        lookup: &Lookup,
        data_dir: &Path,
        reset: bool,
    ) -> Result<(), Failure> {
        if reset {
            Nats::erase(data_dir).await?;
        }
        let binary = find::nats(lookup)?;
        output::note(&format!("Starting NATS from {}.", binary.file.display()));
        let options = NatsOptions { stream: settings.stream.clone(), ..NatsOptions::new(binary, data_dir) };
        let nats = Arc::new(Nats::start(options).await?);
        self.supervisors.push(Supervisor::spawn(Arc::clone(&nats), self.cancel.clone()));
        settings.nats_url = Some(nats.relay_url());
        settings.read_nats_url = Some(nats.reader_url());
        self.nats = Some(nats);
        Ok(())
    }

    /// Stops what was started, NATS first: Postgres holds the truth.
    pub(crate) async fn stop(self) {
        self.cancel.cancel();
        for supervisor in self.supervisors {
            supervisor.ended().await;
        }
        if let Some(nats) = self.nats
            && let Err(error) = nats.stop().await
        {
            tracing::warn!(%error, "NATS did not end in order");
        }
        if let Some(postgres) = self.postgres
            && let Err(error) = postgres.stop().await
        {
            tracing::warn!(%error, "Postgres did not end in order");
        }
    }
}

/// What NATS' start keeps beside its data, its passwords among it.
pub(crate) fn kept_of_nats(data_dir: &Path) -> String {
    std::fs::read_to_string(data_dir.join("nats.json")).unwrap_or_default()
}

/// Whether this is an address of engines that `up` starts, as its file of addresses names them. A shell that has read
/// it still names them when they have long ended. Postgres' roles have names of their own; NATS' users have not, but
/// keep their passwords.
pub(crate) fn is_ours(url: &str, kept_of_nats: &str) -> bool {
    let Some((user, _)) = url.split_once("@127.0.0.1:") else { return false };
    if let Some(nats) = user.strip_prefix("nats://") {
        return nats.split_once(':').is_some_and(|(_, password)| {
            !password.is_empty() && kept_of_nats.contains(&format!("\"{password}\""))
        });
    }
    [OWNER.0, WRITER.0, READER.0].iter().any(|role| user.starts_with(&format!("postgres://{role}:")))
}

/// Makes a role that can log in, with a new password at every start.
async fn log_in_role(connection: &mut PgConnection, (role, group): (&str, &str)) -> Result<String, Failure> {
    let password = Alphanumeric.sample_string(&mut rand::rng(), 32);
    let known: bool = sqlx::query_scalar(include_str!("sql/role_exists.sql"))
        .bind(role)
        .fetch_one(&mut *connection)
        .await?;
    // Names and password hold nothing but letters, digits and underscores.
    let statement = if known {
        format!("alter role {role} login password '{password}'")
    } else {
        format!("create role {role} login password '{password}' in role {group}")
    };
    sqlx::raw_sql(AssertSqlSafe(statement)).execute(connection).await?;
    Ok(password)
}

async fn make_database(connection: &mut PgConnection) -> Result<(), Failure> {
    let known: bool = sqlx::query_scalar(include_str!("sql/database_exists.sql"))
        .bind(DATABASE)
        .fetch_one(&mut *connection)
        .await?;
    if !known {
        let (owner, _) = OWNER;
        let statement = format!("create database {DATABASE} owner {owner}");
        sqlx::raw_sql(AssertSqlSafe(statement)).execute(connection).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn our_own_addresses_are_told_from_others() {
        let kept = r#"{"relay_password":"abc"}"#;
        let ours =
            ["postgres://stagedoor_up_writer:x@127.0.0.1:54320/stagedoor", "nats://relay:abc@127.0.0.1:4222"];
        let others = [
            "postgres://stagedoor_up_writer:x@db.example.com:5432/stagedoor",
            "postgres://writer:x@127.0.0.1:5432/stagedoor",
            "nats://relay:abc@nats.example.com:4222",
            "nats://relay:other@127.0.0.1:4222",
            "nats://127.0.0.1:4222",
        ];
        assert_eq!(ours.map(|url| is_ours(url, kept)), [true; 2]);
        assert_eq!(others.map(|url| is_ours(url, kept)), [false; 5]);
    }
}
