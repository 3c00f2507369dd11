//! Servers that others wrote in Python, which `./bootstrap` fetches for tests.

use std::env;
use std::io;
use std::path::Path;
use std::process::Stdio;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::io::{AsyncBufReadExt, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};

/// A script that starts such a server. It listens on the loopback where its argument says, or anywhere; writes its port to
/// standard output, then a line for whatever it has to tell; and ends with its standard input.
#[derive(Debug, Clone, Copy)]
pub struct Script {
    /// The script, below the repository's top.
    pub file: &'static str,
    /// Where `./bootstrap` puts what it needs, below `.stagedoor/bin`.
    pub library: &'static str,
    /// The package that must be there.
    pub package: &'static str,
    /// Set, this environment variable leaves out the tests that take it.
    pub without: &'static str,
}

/// A server that runs until this is dropped.
#[derive(Debug)]
pub struct PythonServer {
    /// Where it answers, on the loopback.
    pub port: u16,
    said: Arc<Mutex<Vec<String>>>,
    child: Child,
}

impl Script {
    /// Whether tests were told to do without.
    #[must_use]
    pub fn is_left_out(&self) -> bool {
        env::var_os(self.without).is_some()
    }

    /// Starts it on a port, or on any if that is 0.
    ///
    /// # Panics
    /// When it can't be started: without it no test that takes it can pass.
    #[expect(clippy::panic, reason = "a test has nobody to report to")]
    pub async fn start(&self, port: u16) -> PythonServer {
        let Self { file, package, without, .. } = self;
        match self.try_start(port).await {
            Ok(server) => server,
            Err(error) => panic!(
                "{file} did not start ({error}): run ./bootstrap, which takes Python 3.9 or later with pip and fetches \
                 {package}; or set {without}=1 to leave this out"
            ),
        }
    }

    async fn try_start(&self, port: u16) -> io::Result<PythonServer> {
        let top = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let library = top.join(".stagedoor/bin").join(self.library);
        if !library.join(self.package).is_dir() {
            return Err(io::Error::other(format!("{} is not in {}", self.package, library.display())));
        }
        let mut child = Command::new("python3")
            .arg(top.join(self.file))
            .arg(port.to_string())
            .env("PYTHONPATH", library)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()?;
        let mut lines = BufReader::new(child.stdout.take().ok_or(io::ErrorKind::BrokenPipe)?).lines();
        let port = lines.next_line().await?.unwrap_or_default().parse().map_err(io::Error::other)?;
        let said = Arc::default();
        tokio::spawn(listen(lines, Arc::clone(&said)));
        Ok(PythonServer { port, said, child })
    }
}

impl PythonServer {
    /// What it has told so far, a line each.
    #[must_use]
    pub fn said(&self) -> Vec<String> {
        unpoisoned(&self.said).clone()
    }

    /// Nobody answers any more.
    ///
    /// # Errors
    /// The operating system's own.
    pub async fn stop(&mut self) -> io::Result<()> {
        self.child.kill().await
    }
}

async fn listen(mut lines: Lines<BufReader<ChildStdout>>, said: Arc<Mutex<Vec<String>>>) {
    while let Ok(Some(line)) = lines.next_line().await {
        unpoisoned(&said).push(line);
    }
}

/// Nothing that panics is done while it is locked.
fn unpoisoned(said: &Mutex<Vec<String>>) -> MutexGuard<'_, Vec<String>> {
    said.lock().unwrap_or_else(PoisonError::into_inner)
}
