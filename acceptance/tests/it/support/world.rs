//! A database, a stream and ports of the test's own.

use std::path::PathBuf;

use engines::testing::{SharedEngines, shared};
use sqlx::{
    AssertSqlSafe, ConnectOptions, Connection, PgPool,
    postgres::{PgConnectOptions, PgPoolOptions},
};
use tempfile::TempDir;
use uuid::Uuid;

use super::{Api, Caller, Ports, Process, Ran, command, http, new_key, program, run, run_with_input};

/// What `serve` can serve.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    CommandApi,
    QueryApi,
    Relay,
    Projections,
    Processes,
    ProviderSim,
    All,
}

/// Everybody's.
pub(crate) const PASSWORD: &str = "correct horse battery";
/// Roles that log in; every database of the server has them.
const LOG_IN_ROLES: &str = "
do $$
declare
    wanted record;
begin
    for wanted in select * from (values
        ('acceptance_writer', 'stagedoor_writer'), ('acceptance_writer_2', 'stagedoor_writer'),
        ('acceptance_reader', 'stagedoor_reader')) as roles (name, member_of) loop
        begin
            execute format('create role %I login password ''acceptance'' in role %I', wanted.name, wanted.member_of);
        exception when duplicate_object or unique_violation then
            null;
        end;
    end loop;
end
$$;";

pub(crate) struct World {
    pub(crate) directory: TempDir,
    pub(crate) engines: SharedEngines,
    pub(crate) stream: String,
    pub(crate) ports: Ports,
    /// As a superuser, for the audit.
    pub(crate) pool: PgPool,
    owner: PgConnectOptions,
}

impl World {
    pub(crate) async fn new() -> Self {
        Self::on(shared().await.clone()).await
    }

    /// A migrated database on these engines.
    pub(crate) async fn on(engines: SharedEngines) -> Self {
        let world = Self::unmigrated(engines).await;
        world.run(&["migrate"]).await.code(0);
        let mut connection = world.owner.connect().await.unwrap();
        sqlx::raw_sql(LOG_IN_ROLES).execute(&mut connection).await.unwrap();
        connection.close().await.unwrap();
        world
    }

    pub(crate) async fn unmigrated(engines: SharedEngines) -> Self {
        let server: PgConnectOptions = engines.postgres_url.parse().unwrap();
        let name = format!("acceptance_{}", Uuid::new_v4().simple());
        let mut connection = server.connect().await.unwrap();
        let create = AssertSqlSafe(format!("create database {name}"));
        sqlx::query(create).execute(&mut connection).await.unwrap();
        connection.close().await.unwrap();
        let owner = server.database(&name);
        let pool = PgPoolOptions::new().max_connections(3).connect_lazy_with(owner.clone());
        let directory = tempfile::tempdir().unwrap();
        Self { directory, engines, stream: name.to_uppercase(), ports: Ports::free(), pool, owner }
    }

    /// What the program is told, by environment.
    pub(crate) fn settings(&self) -> Vec<(&'static str, String)> {
        let mut settings = vec![
            ("DATABASE_URL", self.database_url("acceptance_writer")),
            ("READ_DATABASE_URL", self.database_url("acceptance_reader")),
            ("MIGRATE_DATABASE_URL", self.owner_url()),
            ("NATS_URL", self.engines.nats_url.clone()),
            ("STAGEDOOR_READ_NATS_URL", self.engines.nats_reader_url.clone()),
            ("STAGEDOOR_STREAM", self.stream.clone()),
            ("STAGEDOOR_SIGN_IN_LIMIT", "0".to_owned()),
            ("STAGEDOOR_LOG_FORMAT", "json".to_owned()),
        ];
        settings.extend(self.ports.settings());
        settings
    }

    pub(crate) fn database_url(&self, role: &str) -> String {
        let (host, port) = (self.owner.get_host(), self.owner.get_port());
        format!("postgres://{role}:acceptance@{host}:{port}/{}", self.database())
    }

    /// The port of its Postgres.
    pub(crate) fn port(&self) -> u16 {
        self.owner.get_port()
    }

    /// The database, as its owner.
    pub(crate) fn owner_url(&self) -> String {
        let (server, _) = self.engines.postgres_url.rsplit_once('/').unwrap();
        format!("{server}/{}", self.database())
    }

    pub(super) fn database(&self) -> &str {
        self.owner.get_database().unwrap()
    }

    /// Runs the program to its end.
    pub(crate) async fn run(&self, arguments: &[&str]) -> Ran {
        run(&self.settings(), self.directory.path(), arguments).await
    }

    /// Runs the program to its end, with some settings changed.
    pub(crate) async fn run_with(&self, changed: &[(&'static str, String)], arguments: &[&str]) -> Ran {
        let settings = [self.settings(), changed.to_vec()].concat();
        run(&settings, self.directory.path(), arguments).await
    }

    /// Serves a role at the world's own addresses, and waits until it answers.
    pub(crate) async fn serve(&self, role: Role) -> Process {
        self.serve_with(role, self.ports, &[]).await
    }

    pub(crate) async fn serve_with(
        &self,
        role: Role,
        ports: Ports,
        changed: &[(&'static str, String)],
    ) -> Process {
        let settings = [self.settings(), ports.settings(), changed.to_vec()].concat();
        let mut command = command(&program(), &settings, self.directory.path());
        command.args(["serve", role.name()]);
        let log = self.log(&format!("{}-{}.log", role.name(), ports.command));
        let mut process = Process::start(command, log);
        for port in role.listens(ports) {
            process = process.answers(port).await;
        }
        process
    }

    fn log(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    /// Somebody who has not signed in.
    pub(crate) fn stranger(&self) -> Caller {
        self.stranger_at(self.ports)
    }

    /// Somebody who sends commands elsewhere.
    pub(crate) fn stranger_at(&self, ports: Ports) -> Caller {
        let at = |port: u16| format!("http://127.0.0.1:{port}");
        let api = Api { http: http::client(), commands: at(ports.command), queries: at(self.ports.query) };
        Caller { api, user_id: String::new(), token: None }
    }

    /// Signs up and in.
    pub(crate) async fn customer(&self) -> Caller {
        let stranger = self.stranger();
        let email = format!("{}@example.org", new_key());
        let body = serde_json::json!({ "email": email, "password": PASSWORD, "name": "Casey" });
        stranger.command(reqwest::Method::POST, "/v1/users", body).await.ok(201);
        stranger.sign_in(&email, PASSWORD).await
    }

    /// Is created by the program, and signs in.
    pub(crate) async fn staff(&self, roles: &[&str]) -> Caller {
        self.stranger().sign_in(&self.hire(roles).await, PASSWORD).await
    }

    /// Is created by the program; the e-mail address.
    pub(crate) async fn hire(&self, roles: &[&str]) -> String {
        let email = format!("{}@example.org", new_key());
        let mut arguments = vec!["users", "create", "--email", &email];
        arguments.extend(roles.iter().flat_map(|role| ["--role", role]));
        run_with_input(&self.settings(), self.directory.path(), &arguments, PASSWORD).await.code(0);
        email
    }

    /// A single value out of the database.
    pub(crate) async fn number(&self, sql: &'static str) -> i64 {
        sqlx::query_scalar(sql).fetch_one(&self.pool).await.unwrap()
    }
}

impl Role {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::CommandApi => "command-api",
            Self::QueryApi => "query-api",
            Self::Relay => "relay",
            Self::Projections => "projections",
            Self::Processes => "processes",
            Self::ProviderSim => "provider-sim",
            Self::All => "all",
        }
    }

    fn listens(self, ports: Ports) -> Vec<u16> {
        match self {
            Self::CommandApi => vec![ports.command],
            Self::QueryApi => vec![ports.query],
            Self::Relay | Self::Projections | Self::Processes => vec![ports.health],
            Self::ProviderSim => vec![ports.provider_sim],
            Self::All => vec![ports.health, ports.command, ports.query],
        }
    }
}
