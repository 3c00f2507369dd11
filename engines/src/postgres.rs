//! A Postgres of our own: made on the first start, found again on the next.

mod cluster;
mod settings;
#[cfg(test)]
mod tests;

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use nix::sys::signal::Signal;
use rand::distr::{Alphanumeric, SampleString};
use serde::{Deserialize, Serialize};
use sqlx::{Connection, PgConnection};
use tempfile::TempDir;
use tokio::time::{sleep, timeout};

use crate::daemon::{self, Daemon};
use crate::error::EngineError;
use crate::files::{self, Layout};
use crate::find::PostgresBinaries;
use crate::place::{self, Place};
use crate::port;

const NAME: &str = "Postgres";
/// Replaying 1 GB of log after a crash takes about 10 s; a slow disk may take ten times as long.
const READY_WITHIN: Duration = Duration::from_mins(2);
/// Backends whose postmaster was killed hold its shared memory until they notice.
const RETRY_FOR: Duration = Duration::from_mins(1);
const RETRY_EVERY: Duration = Duration::from_millis(200);
const PROBE_EVERY: Duration = Duration::from_millis(30);
const PROBE_WITHIN: Duration = Duration::from_secs(2);
const STOP_WITHIN: Duration = Duration::from_secs(30);

/// What a start fails with while processes of a killed postmaster still run.
const LEFT_BEHIND: [&str; 3] =
    ["pre-existing shared memory block", "is another postmaster", "is another postgres"];
const PORT_TAKEN: [&str; 2] = ["could not create any TCP/IP sockets", "Address already in use"];

/// What to run, where, and how large.
#[derive(Debug, Clone)]
pub struct PostgresOptions {
    /// From [`crate::find::postgres`].
    pub binaries: PostgresBinaries,
    /// Made on the first start. Port, password, log and lock lie beside it.
    pub data_dir: PathBuf,
    /// `shared_buffers`, in MiB.
    pub shared_buffers_mib: u32,
    /// `max_connections`.
    pub max_connections: u32,
    /// The data won't outlive this process: making it need not wait for the disk. Commits still do.
    pub throwaway: bool,
}

impl PostgresOptions {
    /// The settings of `stagedoor up`: 512 MiB of buffers, 200 connections.
    #[must_use]
    pub fn new(binaries: PostgresBinaries, data_dir: impl Into<PathBuf>) -> Self {
        let data_dir = data_dir.into();
        Self { binaries, data_dir, shared_buffers_mib: 512, max_connections: 200, throwaway: false }
    }
}

/// What the next start must find again.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Kept {
    port: u16,
    password: String,
    sockets: Option<PathBuf>,
}

/// A running Postgres. Dropping it ends it at once; [`Postgres::stop`] ends it in order.
#[derive(Debug)]
pub struct Postgres {
    options: PostgresOptions,
    layout: Layout,
    place: Place,
    kept: Kept,
    sockets: TempDir,
    daemon: Mutex<Option<Daemon>>,
    /// One start, stop or restart at a time.
    turn: tokio::sync::Mutex<()>,
    wanted: AtomicBool,
    _lock: File,
}

impl Postgres {
    /// Makes the data directory where there is none, ends what an earlier run left on it, starts, and waits
    /// until it answers.
    pub async fn start(options: PostgresOptions) -> Result<Self, EngineError> {
        let layout = Layout::new(&options.data_dir)?;
        let lock = layout.lock()?;
        let place = place::find(&layout, &options.binaries)?;
        let pid_files = [layout.beside("pid"), place.data.join("postmaster.pid")];
        daemon::stop_leftover(NAME, &pid_files, &place.data, Signal::SIGINT, STOP_WITHIN).await?;
        let kept = layout.load::<Kept>();
        if let Some(old) = kept.as_ref().and_then(|kept| kept.sockets.as_ref()) {
            files::remove(old)?;
        }
        let sockets = cluster::private_directory(&place.account)?;
        let kept = Kept {
            port: port::choose(kept.as_ref().map(|kept| kept.port))?,
            password: kept
                .map_or_else(|| Alphanumeric.sample_string(&mut rand::rng(), 32), |kept| kept.password),
            sockets: Some(sockets.path().to_owned()),
        };
        layout.save(&kept)?;
        cluster::make_unless_there(&place, &options, &kept.password, sockets.path()).await?;
        let mut postgres = Self {
            options,
            layout,
            place,
            kept,
            sockets,
            daemon: Mutex::new(None),
            turn: tokio::sync::Mutex::new(()),
            wanted: AtomicBool::new(true),
            _lock: lock,
        };
        postgres.first_launch().await?;
        Ok(postgres)
    }

    /// The superuser's URL of the database `postgres`. It contains the password.
    #[must_use]
    pub fn url(&self) -> String {
        self.url_for("postgres")
    }

    /// The superuser's URL of a database. It contains the password.
    #[must_use]
    pub fn url_for(&self, database: &str) -> String {
        let Kept { port, password, .. } = &self.kept;
        format!("postgres://{}:{password}@127.0.0.1:{port}/{database}", cluster::SUPERUSER)
    }

    /// The port on 127.0.0.1; it stays the same while this value lives.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.kept.port
    }

    /// Where the data really lies.
    #[must_use]
    pub fn data_dir(&self) -> &Path {
        &self.place.data
    }

    /// Where its sockets lie: a short path that only its own user may enter, gone when this value is dropped.
    #[must_use]
    pub fn socket_dir(&self) -> &Path {
        self.sockets.path()
    }

    /// The process id of the postmaster, while it runs.
    #[must_use]
    pub fn pid(&self) -> Option<u32> {
        self.daemon().as_mut().and_then(Daemon::running)
    }

    /// Kills the postmaster as a crash would, and leaves it down.
    pub fn kill9(&self) -> Result<(), EngineError> {
        self.daemon().as_mut().map_or(Ok(()), Daemon::kill9)
    }

    /// Stops it if it still runs, starts it on the same port, and waits until it answers.
    pub async fn restart(&self) -> Result<(), EngineError> {
        let _turn = self.turn.lock().await;
        self.end().await?;
        // The port is known to others by now, so that waiting for it is all there is.
        self.launch(&[LEFT_BEHIND.as_slice(), &PORT_TAKEN].concat()).await
    }

    /// Ends sessions and writes everything out; after 30 s it is killed, which loses nothing either.
    pub async fn stop(&self) -> Result<(), EngineError> {
        self.wanted.store(false, Ordering::Release);
        let _turn = self.turn.lock().await;
        self.end().await
    }

    /// Removes the data directory and everything beside it. Refused while it is in use.
    pub async fn erase(data_dir: &Path) -> Result<(), EngineError> {
        let layout = Layout::new(data_dir)?;
        let data = layout.data.canonicalize().unwrap_or_else(|_| layout.data.clone());
        let lock = layout.lock()?;
        let pid_files = [layout.beside("pid"), data.join("postmaster.pid")];
        daemon::stop_leftover(NAME, &pid_files, &data, Signal::SIGINT, STOP_WITHIN).await?;
        drop(lock);
        layout.erase()
    }

    pub(crate) fn is_wanted(&self) -> bool {
        self.wanted.load(Ordering::Acquire)
    }

    pub(crate) fn bound_log(&self) -> Result<(), EngineError> {
        self.layout.bound_log()
    }

    fn daemon(&self) -> MutexGuard<'_, Option<Daemon>> {
        self.daemon.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn end(&self) -> Result<(), EngineError> {
        let ended = self.daemon().take();
        match ended {
            Some(mut daemon) => daemon.stop(Signal::SIGINT, STOP_WITHIN).await,
            None => Ok(()),
        }
    }

    /// Only before anyone knows the port may it still change.
    async fn first_launch(&mut self) -> Result<(), EngineError> {
        for _ in 0..5 {
            match self.launch(&LEFT_BEHIND).await {
                Err(EngineError::NotStarted { tail, .. }) if mentions(&tail, &PORT_TAKEN) => {
                    self.kept.port = port::choose(None)?;
                    self.layout.save(&self.kept)?;
                }
                other => return other,
            }
        }
        self.launch(&LEFT_BEHIND).await
    }

    /// Starts again as long as it fails with what passes by itself.
    async fn launch(&self, passing: &[&str]) -> Result<(), EngineError> {
        let started = Instant::now();
        loop {
            match self.try_launch().await {
                Err(EngineError::NotStarted { tail, .. })
                    if started.elapsed() < RETRY_FOR && mentions(&tail, passing) =>
                {
                    sleep(RETRY_EVERY).await;
                }
                other => return other,
            }
        }
    }

    async fn try_launch(&self) -> Result<(), EngineError> {
        let mut command = self.place.account.command(&self.place.bin.join("postgres"));
        command.args(settings::arguments(
            &self.options,
            &self.place.data,
            self.kept.port,
            self.sockets.path(),
        ));
        let daemon = Daemon::spawn(NAME, command, &self.layout, &self.place.data)?;
        *self.daemon() = Some(daemon);
        let started = Instant::now();
        while !self.answers().await {
            if let Some(error) = self.failure(started) {
                return Err(error);
            }
            sleep(PROBE_EVERY).await;
        }
        Ok(())
    }

    async fn answers(&self) -> bool {
        match timeout(PROBE_WITHIN, PgConnection::connect(&self.url())).await {
            // It answered; how the farewell goes does not matter.
            Ok(Ok(connection)) => {
                let _ = connection.close().await;
                true
            }
            Ok(Err(_)) | Err(_) => false,
        }
    }

    fn failure(&self, started: Instant) -> Option<EngineError> {
        let mut daemon = self.daemon();
        let daemon = daemon.as_mut()?;
        if let Some(status) = daemon.exited() {
            return Some(daemon.not_started(daemon::describe(status)));
        }
        let late = started.elapsed() > READY_WITHIN;
        late.then(|| daemon.not_started(format!("not ready after {READY_WITHIN:?}")))
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        if let Some(mut daemon) = self.daemon().take()
            && let Err(error) = daemon.stop_now(Signal::SIGQUIT, Duration::from_secs(5))
        {
            tracing::warn!(%error, "Postgres was not stopped");
        }
    }
}

fn mentions(text: &str, phrases: &[&str]) -> bool {
    phrases.iter().any(|phrase| text.contains(phrase))
}
