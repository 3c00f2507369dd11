//! What can be set, by flag, by environment, or in `stagedoor.toml`; in this order.
#![expect(clippy::doc_markdown, reason = "these comments are what `--help` prints")]

use std::{fmt::Display, net::SocketAddr, path::PathBuf};

use clap::{Args, ValueEnum};
use sqlx::postgres::PgConnectOptions;

use crate::{
    checkpoint_settings::CheckpointSettings, cli::Role, failure::Failure, mail_settings::MailSettings,
    money_settings::MoneySettings,
};

/// In which form logs are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum LogFormat {
    /// For people on a terminal, JSON elsewhere.
    Auto,
    /// For people.
    Pretty,
    /// One JSON object a line.
    Json,
}

/// Everything that can be set.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Settings")]
pub(crate) struct Settings {
    /// Postgres, as a role that is a member of stagedoor_writer
    #[arg(
        long,
        global = true,
        env = "DATABASE_URL",
        hide_env_values = true,
        hide_default_value = true,
        value_name = "URL"
    )]
    pub(crate) database_url: Option<String>,

    /// Postgres, as the role that owns the schema; for migrations. Default: DATABASE_URL
    #[arg(
        long,
        global = true,
        env = "MIGRATE_DATABASE_URL",
        hide_env_values = true,
        hide_default_value = true,
        value_name = "URL"
    )]
    pub(crate) migrate_database_url: Option<String>,

    /// Postgres, as a role that is a member of stagedoor_reader; for queries. Default: DATABASE_URL
    #[arg(
        long,
        global = true,
        env = "READ_DATABASE_URL",
        hide_env_values = true,
        hide_default_value = true,
        value_name = "URL"
    )]
    pub(crate) read_database_url: Option<String>,

    /// NATS with JetStream, as a user who may publish
    #[arg(
        long,
        global = true,
        env = "NATS_URL",
        hide_env_values = true,
        hide_default_value = true,
        value_name = "URL"
    )]
    pub(crate) nats_url: Option<String>,

    /// NATS with JetStream, as a user who may only consume; for projections. Default: NATS_URL
    #[arg(
        long,
        global = true,
        env = "STAGEDOOR_READ_NATS_URL",
        hide_env_values = true,
        hide_default_value = true,
        value_name = "URL"
    )]
    pub(crate) read_nats_url: Option<String>,

    /// Where command-api listens
    #[arg(
        long,
        global = true,
        env = "STAGEDOOR_COMMAND_LISTEN",
        default_value = "127.0.0.1:8080",
        value_name = "ADDRESS"
    )]
    pub(crate) command_listen: SocketAddr,

    /// Where query-api listens
    #[arg(
        long,
        global = true,
        env = "STAGEDOOR_QUERY_LISTEN",
        default_value = "127.0.0.1:8081",
        value_name = "ADDRESS"
    )]
    pub(crate) query_listen: SocketAddr,

    /// Where relay, projections and processes serve health and metrics
    #[arg(
        long,
        global = true,
        env = "STAGEDOOR_HEALTH_LISTEN",
        default_value = "127.0.0.1:8082",
        value_name = "ADDRESS"
    )]
    pub(crate) health_listen: SocketAddr,

    /// Where the payment provider to practise with listens: `serve provider-sim`, and `up` without STAGEDOOR_STRIPE_SECRET_KEY
    #[arg(
        long,
        global = true,
        env = "STAGEDOOR_PROVIDER_SIM_LISTEN",
        default_value = "127.0.0.1:8083",
        value_name = "ADDRESS"
    )]
    pub(crate) provider_sim_listen: SocketAddr,

    /// Whom the payment provider to practise with tells of what happened. Without, command-api at STAGEDOOR_COMMAND_LISTEN
    #[arg(long, global = true, env = "STAGEDOOR_PROVIDER_SIM_WEBHOOK_URL", value_name = "URL")]
    pub(crate) provider_sim_webhook_url: Option<String>,

    /// What is logged: a level, or levels by module (tracing-subscriber's EnvFilter)
    #[arg(
        long,
        global = true,
        env = "STAGEDOOR_LOG",
        default_value = "info,async_nats=warn,sqlx=warn",
        value_name = "FILTER"
    )]
    pub(crate) log: String,

    /// In which form logs are written
    #[arg(long, global = true, env = "STAGEDOOR_LOG_FORMAT", default_value = "auto", value_enum)]
    pub(crate) log_format: LogFormat,

    /// Where `up` keeps its engines' data
    #[arg(long, global = true, env = "STAGEDOOR_DATA_DIR", default_value = ".stagedoor", value_name = "DIR")]
    pub(crate) data_dir: PathBuf,

    /// The directory of Postgres' programs, for `up`. Default: searched for
    #[arg(long, global = true, env = "STAGEDOOR_PG_BIN", value_name = "DIR")]
    pub(crate) pg_bin: Option<PathBuf>,

    /// The NATS server, for `up`. Default: searched for
    #[arg(long, global = true, env = "STAGEDOOR_NATS_BIN", value_name = "FILE")]
    pub(crate) nats_bin: Option<PathBuf>,

    /// The JetStream stream that the log is published to
    #[arg(long, global = true, env = "STAGEDOOR_STREAM", default_value = "STAGEDOOR", value_parser = stream_name, value_name = "NAME")]
    pub(crate) stream: String,

    /// How long JetStream keeps messages, in hours; the log in Postgres keeps them for ever
    #[arg(long, global = true, env = "STAGEDOOR_STREAM_MAX_HOURS", default_value_t = 168, value_parser = clap::value_parser!(u32).range(1..=8_760), value_name = "HOURS")]
    pub(crate) stream_max_hours: u32,

    /// How much JetStream keeps, in MiB
    #[arg(long, global = true, env = "STAGEDOOR_STREAM_MAX_MIB", default_value_t = 10_240, value_parser = clap::value_parser!(u32).range(16..), value_name = "MIB")]
    pub(crate) stream_max_mib: u32,

    /// Commands that may wait for the sequencer; more are answered 503
    #[arg(long, global = true, env = "STAGEDOOR_QUEUE", default_value_t = 8_192, value_parser = clap::value_parser!(u32).range(1..=1_000_000), value_name = "COMMANDS")]
    pub(crate) queue: u32,

    /// Connections to each API at once; further ones wait, and those on which nothing is asked make room for them
    #[arg(long, global = true, env = "STAGEDOOR_CONNECTIONS", default_value_t = 8_192, value_parser = clap::value_parser!(u16).range(16..), value_name = "CONNECTIONS")]
    pub(crate) connections: u16,

    /// Memory for the states of shows, orders and payments, in MiB
    #[arg(long, global = true, env = "STAGEDOOR_CACHE_MIB", default_value_t = 256, value_parser = clap::value_parser!(u32).range(1..=1_048_576), value_name = "MIB")]
    pub(crate) cache_mib: u32,

    /// Sign-ins and sign-ups a minute from one address, and sign-ins a minute to one account; 0 for no limit
    #[arg(long, global = true, env = "STAGEDOOR_SIGN_IN_LIMIT", default_value_t = 30, value_parser = clap::value_parser!(u32).range(0..=1_000_000), value_name = "A_MINUTE")]
    pub(crate) sign_in_limit: u32,

    /// Proxies in front of the APIs that each append to X-Forwarded-For; limits go by the address they saw
    #[arg(long, global = true, env = "STAGEDOOR_TRUSTED_PROXIES", default_value_t = 0, value_parser = clap::value_parser!(u8).range(0..=8), value_name = "COUNT")]
    pub(crate) trusted_proxies: u8,

    #[command(flatten)]
    pub(crate) money: MoneySettings,

    #[command(flatten)]
    pub(crate) mail: MailSettings,

    #[command(flatten)]
    pub(crate) checkpoints: CheckpointSettings,
}

impl Settings {
    /// A URL that is set to nothing is not set.
    pub(crate) fn without_empty_urls(mut self) -> Self {
        self.forget_urls(str::is_empty);
        self
    }

    /// Forgets the URLs for which `unwanted` holds.
    pub(crate) fn forget_urls(&mut self, unwanted: impl Fn(&str) -> bool) {
        let urls = [
            &mut self.database_url,
            &mut self.migrate_database_url,
            &mut self.read_database_url,
            &mut self.nats_url,
            &mut self.read_nats_url,
        ];
        for url in urls {
            url.take_if(|url| unwanted(url));
        }
    }

    /// The database as the writer.
    pub(crate) fn writer(&self) -> Result<PgConnectOptions, Failure> {
        let url = self.database_url.as_deref().ok_or_else(|| missing("DATABASE_URL"))?;
        parse("DATABASE_URL", url)
    }

    /// The database as the schema's owner.
    pub(crate) fn owner(&self) -> Result<PgConnectOptions, Failure> {
        self.migrate_database_url
            .as_deref()
            .map_or_else(|| self.writer(), |url| parse("MIGRATE_DATABASE_URL", url))
    }

    /// The database as a reader.
    pub(crate) fn reader(&self) -> Result<PgConnectOptions, Failure> {
        self.read_database_url.as_deref().map_or_else(|| self.writer(), |url| parse("READ_DATABASE_URL", url))
    }

    /// The database as the least role that a part of the system can work with.
    pub(crate) fn writer_or_reader(&self, role: Role) -> Result<PgConnectOptions, Failure> {
        match role {
            Role::QueryApi => self.reader(),
            Role::CommandApi
            | Role::Relay
            | Role::Projections
            | Role::Processes
            | Role::ProviderSim
            | Role::All => self.writer(),
        }
    }

    /// NATS as a user who may publish.
    pub(crate) fn nats(&self) -> Result<&str, Failure> {
        self.nats_url.as_deref().ok_or_else(|| missing("NATS_URL"))
    }

    /// NATS as a user who may only consume.
    pub(crate) fn read_nats(&self) -> Result<&str, Failure> {
        self.read_nats_url.as_deref().map_or_else(|| self.nats(), Ok)
    }
}

fn missing(name: &str) -> Failure {
    Failure::usage(
        format!("{name} is not set"),
        format!("set {name}, or run `stagedoor up`, which brings its own engines"),
    )
}

/// The URL itself is not repeated: it may hold a password.
fn parse(name: &str, url: &str) -> Result<PgConnectOptions, Failure> {
    let wrong = |why: &dyn Display| {
        Failure::usage(
            format!("{name} is no Postgres URL: {why}"),
            "postgres://user:password@host:5432/stagedoor",
        )
    };
    // The parser itself takes any scheme.
    if !["postgres://", "postgresql://"].iter().any(|scheme| url.starts_with(scheme)) {
        return Err(wrong(&"it must begin with postgres://"));
    }
    url.parse().map_err(|error: sqlx::Error| wrong(&error))
}

/// Also names the stream's subjects, in lower case, so it holds no dots, blanks or wildcards.
fn stream_name(name: &str) -> Result<String, String> {
    let sound = (1..=64).contains(&name.len())
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(&byte));
    if sound { Ok(name.to_owned()) } else { Err("1 to 64 of A-Z, a-z, 0-9, _ and -".to_owned()) }
}

#[cfg(test)]
mod tests {
    use clap::{Args, Command, FromArgMatches};

    use super::*;

    #[test]
    fn a_stream_is_named_so_that_it_can_be_a_subject() {
        assert!(stream_name("BOX_office-2").is_ok());
        for wrong in ["", "a.b", "a b", "a>", "a*", "é", &"x".repeat(65)] {
            assert!(stream_name(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_url_that_is_set_to_nothing_is_missing() {
        let command = Settings::augment_args(Command::new("stagedoor"));
        let matches = command.get_matches_from(["stagedoor", "--database-url", "", "--nats-url", "nats://x"]);
        let settings = Settings::from_arg_matches(&matches).unwrap().without_empty_urls();
        let failure = settings.writer().unwrap_err();
        assert_eq!((failure.to_string().as_str(), failure.code()), ("DATABASE_URL is not set", 2));
        assert_eq!(settings.nats().unwrap(), "nats://x");
    }
}
