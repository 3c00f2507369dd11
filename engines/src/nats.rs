//! A NATS server of our own, with `JetStream`.

mod config;
mod connect;
#[cfg(test)]
mod tests;

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use nix::sys::signal::Signal;
use rand::distr::{Alphanumeric, SampleString};
use serde::{Deserialize, Serialize};
use tokio::time::{sleep, timeout};

pub use connect::connect_options;

use crate::account::Account;
use crate::daemon::{self, Daemon};
use crate::error::{At, EngineError};
use crate::files::{self, Layout};
use crate::find::NatsBinary;
use crate::port;

const NAME: &str = "NATS";
/// Recovering a stream of 10 GiB takes some seconds.
const READY_WITHIN: Duration = Duration::from_mins(1);
const RETRY_FOR: Duration = Duration::from_secs(30);
const RETRY_EVERY: Duration = Duration::from_millis(200);
const PROBE_EVERY: Duration = Duration::from_millis(30);
const PROBE_WITHIN: Duration = Duration::from_secs(2);
const STOP_WITHIN: Duration = Duration::from_secs(10);
const PORT_TAKEN: &str = "address already in use";

/// What to run, where, and for which streams.
#[derive(Debug, Clone)]
pub struct NatsOptions {
    /// From [`crate::find::nats`].
    pub binary: NatsBinary,
    /// `JetStream`'s store, made on the first start. Configuration, port, passwords, log and lock lie beside it.
    pub data_dir: PathBuf,
    /// The stream that the reader may consume; `*` for any.
    pub stream: String,
    /// What all streams together may take, in GiB. A stream with a limit of its own reserves it from this.
    pub max_store_gib: u32,
}

impl NatsOptions {
    /// The settings of `stagedoor up`: the stream `STAGEDOOR`, 16 GiB.
    #[must_use]
    pub fn new(binary: NatsBinary, data_dir: impl Into<PathBuf>) -> Self {
        Self { binary, data_dir: data_dir.into(), stream: "STAGEDOOR".to_owned(), max_store_gib: 16 }
    }
}

/// What the next start must find again.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Kept {
    port: u16,
    relay_password: String,
    reader_password: String,
}

impl Kept {
    fn new(port: u16) -> Self {
        let password = || Alphanumeric.sample_string(&mut rand::rng(), 32);
        Self { port, relay_password: password(), reader_password: password() }
    }
}

/// A running NATS server. Dropping it ends it.
#[derive(Debug)]
pub struct Nats {
    options: NatsOptions,
    layout: Layout,
    kept: Kept,
    daemon: Mutex<Option<Daemon>>,
    /// One start, stop or restart at a time.
    turn: tokio::sync::Mutex<()>,
    wanted: AtomicBool,
    _lock: File,
}

impl Nats {
    /// Ends what an earlier run left, starts, and waits until `JetStream` answers.
    pub async fn start(options: NatsOptions) -> Result<Self, EngineError> {
        let layout = Layout::new(&options.data_dir)?;
        let lock = layout.lock()?;
        fs::create_dir_all(&layout.data).at("create", &layout.data)?;
        daemon::stop_leftover(NAME, &[layout.beside("pid")], &layout.data, Signal::SIGTERM, STOP_WITHIN)
            .await?;
        let mut kept = layout.load::<Kept>().map_or_else(|| port::choose(None).map(Kept::new), Ok)?;
        kept.port = port::choose(Some(kept.port))?;
        let mut nats = Self {
            options,
            layout,
            kept,
            daemon: Mutex::new(None),
            turn: tokio::sync::Mutex::new(()),
            wanted: AtomicBool::new(true),
            _lock: lock,
        };
        nats.first_launch().await?;
        Ok(nats)
    }

    /// The URL of the one user who may publish, purge and delete. It contains the password.
    #[must_use]
    pub fn relay_url(&self) -> String {
        let Kept { port, relay_password, .. } = &self.kept;
        format!("nats://{}:{relay_password}@127.0.0.1:{port}", config::RELAY)
    }

    /// The URL of the user who may only consume. It contains the password.
    #[must_use]
    pub fn reader_url(&self) -> String {
        let Kept { port, reader_password, .. } = &self.kept;
        format!("nats://{}:{reader_password}@127.0.0.1:{port}", config::READER)
    }

    /// The port on 127.0.0.1; it stays the same while this value lives.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.kept.port
    }

    /// `JetStream`'s store.
    #[must_use]
    pub fn data_dir(&self) -> &Path {
        &self.layout.data
    }

    /// The server's process id, while it runs.
    #[must_use]
    pub fn pid(&self) -> Option<u32> {
        self.daemon().as_mut().and_then(Daemon::running)
    }

    /// Kills the server as a crash would, and leaves it down.
    pub fn kill9(&self) -> Result<(), EngineError> {
        self.daemon().as_mut().map_or(Ok(()), Daemon::kill9)
    }

    /// Kills the server and deletes all that `JetStream` stored; it stays down until [`Nats::restart`].
    pub fn wipe(&self) -> Result<(), EngineError> {
        self.kill9()?;
        files::remove(&self.layout.data)?;
        fs::create_dir_all(&self.layout.data).at("create", &self.layout.data)
    }

    /// Stops it if it still runs, starts it on the same port, and waits until `JetStream` answers.
    pub async fn restart(&self) -> Result<(), EngineError> {
        let _turn = self.turn.lock().await;
        self.end().await?;
        let started = Instant::now();
        loop {
            match self.try_launch().await {
                // The port is known to others by now, so that waiting for it is all there is.
                Err(EngineError::NotStarted { tail, .. })
                    if started.elapsed() < RETRY_FOR && tail.contains(PORT_TAKEN) =>
                {
                    sleep(RETRY_EVERY).await;
                }
                other => return other,
            }
        }
    }

    /// Ends it in order; after 10 s it is killed.
    pub async fn stop(&self) -> Result<(), EngineError> {
        self.wanted.store(false, Ordering::Release);
        let _turn = self.turn.lock().await;
        self.end().await
    }

    /// Removes the store and everything beside it. Refused while it is in use.
    pub async fn erase(data_dir: &Path) -> Result<(), EngineError> {
        let layout = Layout::new(data_dir)?;
        let lock = layout.lock()?;
        daemon::stop_leftover(NAME, &[layout.beside("pid")], &layout.data, Signal::SIGTERM, STOP_WITHIN)
            .await?;
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
            Some(mut daemon) => daemon.stop(Signal::SIGTERM, STOP_WITHIN).await,
            None => Ok(()),
        }
    }

    /// Only before anyone knows the port may it still change.
    async fn first_launch(&mut self) -> Result<(), EngineError> {
        for _ in 0..5 {
            self.layout.save(&self.kept)?;
            match self.try_launch().await {
                Err(EngineError::NotStarted { tail, .. }) if tail.contains(PORT_TAKEN) => {
                    self.kept.port = port::choose(None)?;
                }
                other => return other,
            }
        }
        self.layout.save(&self.kept)?;
        self.try_launch().await
    }

    async fn try_launch(&self) -> Result<(), EngineError> {
        let file = self.layout.beside("conf");
        files::write_private(&file, config::render(&self.options, &self.kept).as_bytes())?;
        let mut command = Account::Own.command(&self.options.binary.file);
        // The store is named here too, because a process is recognised by it.
        command.arg("--config").arg(&file).arg("--store_dir").arg(&self.layout.data);
        let daemon = Daemon::spawn(NAME, command, &self.layout, &self.layout.data)?;
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
        let ask = async {
            let url = self.relay_url().parse().ok()?;
            let client = connect_options(&url).connect(url).await.ok()?;
            async_nats::jetstream::new(client).query_account().await.ok()
        };
        timeout(PROBE_WITHIN, ask).await.ok().flatten().is_some()
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

impl Drop for Nats {
    fn drop(&mut self) {
        if let Some(mut daemon) = self.daemon().take()
            && let Err(error) = daemon.stop_now(Signal::SIGTERM, Duration::from_secs(5))
        {
            tracing::warn!(%error, "NATS was not stopped");
        }
    }
}
