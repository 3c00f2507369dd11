//! Engines for tests.
//!
//! Run under `with-engines -- cargo nextest run` all tests share one Postgres and one NATS; a test that is run
//! alone gets its own. Both are real, and Postgres waits for the disk as it does in production.

mod python;

use std::env;
use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use tempfile::TempDir;
use tokio::sync::OnceCell;

use crate::error::{At, EngineError};
use crate::find::{self, Lookup};
use crate::guard::{self, Guard};
use crate::nats::{Nats, NatsOptions};
use crate::postgres::{Postgres, PostgresOptions};

pub use python::{PythonServer, Script};

/// A mail server; `processes/tests/mail_server.py` says for whom it takes messages.
pub const MAIL_SERVER: Script = Script {
    file: "processes/tests/mail_server.py",
    library: "mail-server",
    package: "aiosmtpd",
    without: "STAGEDOOR_TEST_WITHOUT_MAIL",
};

/// Set by `with-engines`: the superuser's URL of a Postgres in which tests make their own databases.
pub const POSTGRES_URL: &str = "STAGEDOOR_TEST_POSTGRES_URL";
/// Set by `with-engines`: the URL of the NATS user who may do everything.
pub const NATS_URL: &str = "STAGEDOOR_TEST_NATS_URL";
/// Set by `with-engines`: the URL of the NATS user who may only consume.
pub const NATS_READER_URL: &str = "STAGEDOOR_TEST_NATS_READER_URL";

/// Where the tests' engines answer. A test makes its own database, and a stream with its own name and subjects.
#[derive(Debug, Clone)]
pub struct SharedEngines {
    /// The superuser's URL of the database `postgres`.
    pub postgres_url: String,
    /// The URL of the NATS user who may do everything.
    pub nats_url: String,
    /// The URL of the NATS user who may only consume (any stream; core subjects only below `stagedoor.`).
    pub nats_reader_url: String,
}

/// A Postgres and a NATS in a directory that vanishes with them, also when this process is killed.
#[derive(Debug)]
pub struct ThrowawayEngines {
    /// The Postgres.
    pub postgres: Postgres,
    /// The NATS.
    pub nats: Nats,
    _guard: Guard,
    _directory: TempDir,
}

/// A Postgres that a test may kill.
#[derive(Debug)]
pub struct PrivatePostgres {
    /// The Postgres.
    pub postgres: Postgres,
    _guard: Guard,
    _directory: TempDir,
}

/// A NATS that a test may kill and wipe.
#[derive(Debug)]
pub struct PrivateNats {
    /// The NATS.
    pub nats: Nats,
    _guard: Guard,
    _directory: TempDir,
}

static SHARED: OnceCell<(SharedEngines, Option<ThrowawayEngines>)> = OnceCell::const_new();

/// The engines that all tests share: those of `with-engines`, else this process's own.
///
/// # Panics
/// When an engine can't be started: without one no test can pass.
#[expect(clippy::panic, reason = "a test has nobody to report to")]
pub async fn shared() -> &'static SharedEngines {
    let found = SHARED.get_or_try_init(|| async {
        if let Some(given) = given() {
            return Ok((given, None));
        }
        let engines = throwaway(100).await?;
        Ok::<_, EngineError>((engines.addresses(), Some(engines)))
    });
    match found.await {
        Ok((addresses, _)) => addresses,
        Err(error) => panic!("the tests' engines did not start: {error}"),
    }
}

/// A client of the shared NATS, as the user who may do everything.
///
/// # Panics
/// When it can't be reached.
#[expect(clippy::panic, reason = "a test has nobody to report to")]
pub async fn nats_client() -> async_nats::Client {
    let url = shared().await.nats_url.parse::<async_nats::ServerAddr>();
    match url.map(|url| (crate::connect_options(&url), url)) {
        Ok((options, url)) => match options.connect(url).await {
            Ok(client) => client,
            Err(error) => panic!("the tests' NATS does not answer: {error}"),
        },
        Err(error) => panic!("{NATS_URL} is no URL: {error}"),
    }
}

/// A Postgres of this test's own.
pub async fn private_postgres() -> Result<PrivatePostgres, EngineError> {
    let directory = directory()?;
    let postgres = Postgres::start(postgres_options(directory.path(), 100)?).await?;
    let guard = guard::set(directory.path(), &belongings(&postgres))?;
    Ok(PrivatePostgres { postgres, _guard: guard, _directory: directory })
}

/// A NATS of this test's own.
pub async fn private_nats() -> Result<PrivateNats, EngineError> {
    let directory = directory()?;
    let nats = Nats::start(nats_options(directory.path())?).await?;
    let guard = guard::set(directory.path(), &[])?;
    Ok(PrivateNats { nats, _guard: guard, _directory: directory })
}

/// Both engines, with so many connections to Postgres.
pub async fn throwaway(max_connections: u32) -> Result<ThrowawayEngines, EngineError> {
    let directory = directory()?;
    let postgres = Postgres::start(postgres_options(directory.path(), max_connections)?).await?;
    let guard = guard::set(directory.path(), &belongings(&postgres))?;
    let nats = Nats::start(nats_options(directory.path())?).await?;
    Ok(ThrowawayEngines { postgres, nats, _guard: guard, _directory: directory })
}

/// Both engines with the settings of `stagedoor up`, for measurements; streams may have any name.
pub async fn throwaway_like_up() -> Result<ThrowawayEngines, EngineError> {
    let directory = directory()?;
    let binaries = find::postgres(&lookup())?;
    let options = PostgresOptions::new(binaries, directory.path().join("postgres"));
    let postgres = Postgres::start(PostgresOptions { throwaway: true, ..options }).await?;
    let guard = guard::set(directory.path(), &belongings(&postgres))?;
    let nats = Nats::start(nats_options(directory.path())?).await?;
    Ok(ThrowawayEngines { postgres, nats, _guard: guard, _directory: directory })
}

impl ThrowawayEngines {
    /// Where they answer.
    #[must_use]
    pub fn addresses(&self) -> SharedEngines {
        SharedEngines {
            postgres_url: self.postgres.url(),
            nats_url: self.nats.relay_url(),
            nats_reader_url: self.nats.reader_url(),
        }
    }
}

fn given() -> Option<SharedEngines> {
    let nats_url = env::var(NATS_URL).ok()?;
    let nats_reader_url = env::var(NATS_READER_URL).unwrap_or_else(|_| nats_url.clone());
    Some(SharedEngines { postgres_url: env::var(POSTGRES_URL).ok()?, nats_url, nats_reader_url })
}

/// What lies outside the directory: the sockets, and the data where root had to put it elsewhere.
fn belongings(postgres: &Postgres) -> Vec<&Path> {
    [postgres.socket_dir()].into_iter().chain(postgres.data_dir().parent()).collect()
}

/// Others may pass through it, but not read it: as root, Postgres runs as another user in it.
fn directory() -> Result<TempDir, EngineError> {
    let base = env::temp_dir();
    let mode = Permissions::from_mode(0o711);
    tempfile::Builder::new()
        .prefix("stagedoor-test-")
        .permissions(mode)
        .tempdir_in(&base)
        .at("create in", base)
}

pub(crate) fn postgres_options(
    directory: &Path,
    max_connections: u32,
) -> Result<PostgresOptions, EngineError> {
    let options = PostgresOptions::new(find::postgres(&lookup())?, directory.join("postgres"));
    Ok(PostgresOptions { shared_buffers_mib: 32, max_connections, throwaway: true, ..options })
}

pub(crate) fn nats_options(directory: &Path) -> Result<NatsOptions, EngineError> {
    let options = NatsOptions::new(find::nats(&lookup())?, directory.join("nats"));
    Ok(NatsOptions { stream: "*".to_owned(), max_store_gib: 1_000_000, ..options })
}

/// `bootstrap` fetches into the workspace.
fn lookup() -> Lookup {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).parent().map_or_else(PathBuf::new, Path::to_owned);
    Lookup::from_environment(workspace.join(".stagedoor/bin"))
}
