//! A running `stagedoor`.

use std::{
    fs::{self, File},
    path::PathBuf,
    process::{Child, Command, ExitStatus, Stdio},
    thread,
    time::{Duration, Instant},
};

use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};

use super::eventually;

/// A debug build on a busy machine takes its time.
const STARTS_WITHIN: Duration = Duration::from_secs(90);
/// How much of its log is shown when a test fails.
const SHOWN: usize = 60;

/// Ends with this value; its log is shown when the test fails.
pub(crate) struct Process {
    child: Child,
    log: PathBuf,
    name: String,
}

impl Process {
    /// Starts it; what it prints goes to `log`.
    pub(crate) fn start(mut command: Command, log: PathBuf) -> Self {
        let name =
            command.get_args().map(|argument| argument.to_string_lossy()).collect::<Vec<_>>().join(" ");
        let file = File::options().create(true).append(true).open(&log).unwrap();
        command.stdin(Stdio::null()).stdout(file.try_clone().unwrap()).stderr(file);
        Self { child: command.spawn().unwrap(), log, name }
    }

    /// Waits until an address answers.
    pub(crate) async fn answers(mut self, port: u16) -> Self {
        let http = super::http::client();
        let url = format!("http://127.0.0.1:{port}/healthz");
        let this = &mut self;
        let begun = Instant::now();
        while http.get(&url).send().await.is_err() {
            let ended = this.child.try_wait().unwrap();
            assert!(ended.is_none(), "{} ended with {ended:?}", this.name);
            assert!(begun.elapsed() < STARTS_WITHIN, "{} does not answer at {url}", this.name);
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        self
    }

    /// Waits until it has printed something.
    pub(crate) async fn says(&mut self, text: &str, within: Duration) {
        let begun = Instant::now();
        while !self.log().contains(text) {
            let ended = self.child.try_wait().unwrap();
            assert!(ended.is_none(), "{} ended with {ended:?}", self.name);
            assert!(begun.elapsed() < within, "{} does not say {text:?}", self.name);
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    pub(crate) fn is_running(&mut self) -> bool {
        self.child.try_wait().unwrap().is_none()
    }

    /// How it ended, if it has.
    pub(crate) fn status(&mut self) -> Option<ExitStatus> {
        self.child.try_wait().unwrap()
    }

    pub(crate) fn signal(&self, signal: Signal) {
        kill(self.pid(), signal).unwrap();
    }

    pub(crate) fn pid(&self) -> Pid {
        Pid::from_raw(self.child.id().cast_signed())
    }

    /// As a crash would end it.
    pub(crate) fn kill9(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Waits until it has ended by itself.
    pub(crate) async fn ended(&mut self, within: Duration) -> ExitStatus {
        let child = std::cell::RefCell::new(&mut self.child);
        eventually("the end of the process", within, || async { child.borrow_mut().try_wait().unwrap() })
            .await
    }

    /// Everything it printed.
    pub(crate) fn log(&self) -> String {
        fs::read_to_string(&self.log).unwrap_or_default()
    }
}

impl Drop for Process {
    #[expect(clippy::disallowed_macros, reason = "shown with the failure by the test runner")]
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        if thread::panicking() {
            let log = self.log();
            let lines: Vec<&str> = log.lines().collect();
            let last = lines[lines.len().saturating_sub(SHOWN)..].join("\n");
            eprintln!("--- the end of the log of {}\n{last}\n---", self.name);
        }
    }
}
