//! One engine's process: started apart from the terminal, recognised later, ended within bounds.

use std::fs;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use nix::errno::Errno;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use tokio::time::sleep;

use crate::error::{At, EngineError};
use crate::files::{self, Layout};

const POLL: Duration = Duration::from_millis(20);
/// How long a process may take to vanish after SIGKILL.
const AFTER_KILL: Duration = Duration::from_secs(10);

/// A child process and its files.
#[derive(Debug)]
pub(crate) struct Daemon {
    child: Child,
    engine: &'static str,
    log: PathBuf,
    log_start: u64,
    pid_file: PathBuf,
}

impl Daemon {
    /// Starts in a process group of its own: Ctrl-C is for the program, which stops its engines last.
    pub(crate) fn spawn(
        engine: &'static str,
        mut command: Command,
        layout: &Layout,
        data: &Path,
    ) -> Result<Self, EngineError> {
        let log = layout.open_log()?;
        let log_start = log.metadata().map_or(0, |found| found.len());
        let also = log.try_clone().at("open", layout.log())?;
        let program = PathBuf::from(command.get_program());
        command.stdin(Stdio::null()).stdout(log).stderr(also).process_group(0);
        let child = command.spawn().at("start", program)?;
        let pid_file = layout.beside("pid");
        files::write_private(&pid_file, format!("{}\n{}\n", child.id(), data.display()).as_bytes())?;
        Ok(Self { child, engine, log: layout.log(), log_start, pid_file })
    }

    /// Its process id, unless it has ended.
    pub(crate) fn running(&mut self) -> Option<u32> {
        self.exited().is_none().then(|| self.child.id())
    }

    /// How it ended, if it has.
    pub(crate) fn exited(&mut self) -> Option<ExitStatus> {
        self.child.try_wait().ok().flatten()
    }

    /// Waits for its end, however long that takes.
    #[cfg(test)]
    pub(crate) fn wait(&mut self) {
        let _ = self.child.wait();
    }

    /// Ends at once, as a crash would.
    pub(crate) fn kill9(&mut self) -> Result<(), EngineError> {
        self.signal(Signal::SIGKILL);
        self.gone_within(AFTER_KILL)
    }

    /// Asks with `signal`, kills after `bound`; back when the process is gone.
    pub(crate) async fn stop(&mut self, signal: Signal, bound: Duration) -> Result<(), EngineError> {
        self.signal(signal);
        let started = Instant::now();
        while self.exited().is_none() && started.elapsed() < bound {
            sleep(POLL).await;
        }
        self.stop_now(signal, Duration::ZERO)
    }

    /// The same where nothing can be awaited.
    pub(crate) fn stop_now(&mut self, signal: Signal, bound: Duration) -> Result<(), EngineError> {
        self.signal(signal);
        if self.gone_within(bound).is_err() {
            tracing::warn!(engine = self.engine, "did not stop in time and is killed");
            self.kill9()?;
        }
        files::remove(&self.pid_file)
    }

    /// What it wrote to its log since it was started: the last 2,000 bytes.
    pub(crate) fn tail(&self) -> String {
        let bytes = fs::read(&self.log).unwrap_or_default();
        let start = usize::try_from(self.log_start).unwrap_or(0).min(bytes.len());
        let start = start.max(bytes.len().saturating_sub(2_000));
        String::from_utf8_lossy(bytes.get(start..).unwrap_or_default()).into_owned()
    }

    pub(crate) fn not_started(&self, reason: String) -> EngineError {
        EngineError::NotStarted { engine: self.engine, reason, log: self.log.clone(), tail: self.tail() }
    }

    fn signal(&mut self, signal: Signal) {
        if self.exited().is_none() {
            // A process that has just ended is what was wanted.
            let _ = send(self.child.id(), signal);
        }
    }

    fn gone_within(&mut self, bound: Duration) -> Result<(), EngineError> {
        let started = Instant::now();
        while self.exited().is_none() {
            if started.elapsed() > bound {
                let pid = i32::try_from(self.child.id()).unwrap_or_default();
                return Err(EngineError::NotStopped { engine: self.engine, pid, waited: bound });
            }
            std::thread::sleep(POLL);
        }
        Ok(())
    }
}

/// Stops what an earlier process left running on this data. A process counts only when the pid *and* its
/// command line's data directory match: pids are used again.
pub(crate) async fn stop_leftover(
    engine: &'static str,
    pid_files: &[PathBuf],
    data: &Path,
    signal: Signal,
    bound: Duration,
) -> Result<(), EngineError> {
    for pid in pid_files.iter().filter_map(|file| recorded(file)).filter(|pid| runs_on(*pid, data)) {
        tracing::info!(engine, pid, "stopping what an earlier run left behind");
        let _ = send(pid, signal);
        if !vanishes(pid, data, bound).await {
            let _ = send(pid, Signal::SIGKILL);
            if !vanishes(pid, data, AFTER_KILL).await {
                let pid = i32::try_from(pid).unwrap_or_default();
                return Err(EngineError::NotStopped { engine, pid, waited: bound + AFTER_KILL });
            }
        }
    }
    Ok(())
}

/// "signal 9" or "exit status 1".
pub(crate) fn describe(status: ExitStatus) -> String {
    status.signal().map_or_else(|| status.to_string(), |signal| format!("signal {signal}"))
}

fn recorded(file: &Path) -> Option<u32> {
    fs::read_to_string(file).ok()?.lines().next()?.trim().parse().ok().filter(|pid| *pid > 1)
}

async fn vanishes(pid: u32, data: &Path, bound: Duration) -> bool {
    let started = Instant::now();
    while runs_on(pid, data) {
        if started.elapsed() > bound {
            return false;
        }
        sleep(POLL).await;
    }
    true
}

fn runs_on(pid: u32, data: &Path) -> bool {
    let data = data.display().to_string();
    arguments(pid).contains(&data)
}

/// A process's command line; empty when there is no such process.
#[cfg(target_os = "linux")]
fn arguments(pid: u32) -> Vec<String> {
    let bytes = fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
    bytes.split(|byte| *byte == 0).map(|part| String::from_utf8_lossy(part).into_owned()).collect()
}

/// A process's command line; empty when there is no such process. Without `/proc` a path with spaces in it
/// is not recognised, and its engine is then left alone.
#[cfg(not(target_os = "linux"))]
fn arguments(pid: u32) -> Vec<String> {
    let asked = Command::new("ps").args(["-ww", "-o", "command=", "-p", &pid.to_string()]).output();
    let bytes = asked.map(|output| output.stdout).unwrap_or_default();
    String::from_utf8_lossy(&bytes).split_whitespace().map(str::to_owned).collect()
}

fn send(pid: u32, signal: Signal) -> Result<(), Errno> {
    kill(Pid::from_raw(i32::try_from(pid).map_err(|_| Errno::ESRCH)?), signal)
}
