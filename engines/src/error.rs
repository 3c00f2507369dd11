//! What can go wrong between looking for an engine and stopping it.

use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Why an engine can't be had. Every text says what to do where the user can do something.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EngineError {
    /// No usable binary in any of the places.
    #[error(
        "{engine} {minimum} or later was not found. Looked at:\n{}\n{fix}",
        looked_at.iter().map(|place| format!("  - {place}")).collect::<Vec<_>>().join("\n")
    )]
    NotFound {
        /// "Postgres" or "NATS".
        engine: &'static str,
        /// The lowest version that will do.
        minimum: &'static str,
        /// Each place with what was wrong there.
        looked_at: Vec<String>,
        /// What to put where.
        fix: &'static str,
    },

    /// Another live process holds this data directory.
    #[error("{data_dir} is in use by another running stagedoor (lock: {lock}); stop that one first")]
    InUse {
        /// The engine's data directory.
        data_dir: PathBuf,
        /// The lock file it holds.
        lock: PathBuf,
    },

    /// The data was written by another major version of Postgres.
    #[error(
        "{data_dir} was made by Postgres {found}, but {bin} is Postgres {wanted}; point STAGEDOOR_PG_BIN to \
         the bin directory of a Postgres {found}, or start afresh with `stagedoor up --reset`"
    )]
    DataVersion {
        /// The engine's data directory.
        data_dir: PathBuf,
        /// What `PG_VERSION` says.
        found: String,
        /// The binaries that were found.
        bin: PathBuf,
        /// Their major version.
        wanted: u32,
    },

    /// Postgres refuses to run as root, and no other way was open.
    #[error(
        "Postgres refuses to run as root, and here it can't run otherwise: {tried}. Start as an ordinary user, \
         or set DATABASE_URL to a Postgres that runs already"
    )]
    NoAccount {
        /// What was tried, and what came of it.
        tried: String,
    },

    /// The process ended, or never got ready.
    #[error("{engine} did not start ({reason}). The end of {log}:\n{tail}")]
    NotStarted {
        /// "Postgres" or "NATS".
        engine: &'static str,
        /// Exit status or time-out.
        reason: String,
        /// The engine's log file.
        log: PathBuf,
        /// Its last lines.
        tail: String,
    },

    /// A helper program (`initdb`) failed.
    #[error("{program} failed ({status}): {output}")]
    Helper {
        /// The program.
        program: PathBuf,
        /// How it ended.
        status: String,
        /// What it said.
        output: String,
    },

    /// No free port on the loopback interface.
    #[error("no free port on 127.0.0.1 between {from} and {to}")]
    NoPort {
        /// First port tried.
        from: u16,
        /// Last port tried.
        to: u16,
    },

    /// The process outlived even a SIGKILL.
    #[error("{engine} (process {pid}) still ran {waited:?} after it was killed")]
    NotStopped {
        /// "Postgres" or "NATS".
        engine: &'static str,
        /// Its process id.
        pid: i32,
        /// How long it was waited for.
        waited: Duration,
    },

    /// The operating system refused something.
    #[error("can't {what} {path}: {source}")]
    Io {
        /// What was attempted, as a verb.
        what: &'static str,
        /// Where.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
}

/// Gives an I/O error its verb and its path.
pub(crate) trait At<T> {
    fn at(self, what: &'static str, path: impl AsRef<Path>) -> Result<T, EngineError>;
}

impl<T> At<T> for io::Result<T> {
    fn at(self, what: &'static str, path: impl AsRef<Path>) -> Result<T, EngineError> {
        self.map_err(|source| EngineError::Io { what, path: path.as_ref().to_owned(), source })
    }
}
