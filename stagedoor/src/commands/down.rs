//! `stagedoor down`.

use std::{fs, path::Path, time::Duration};

use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};
use tokio::time::{Instant, sleep};

use crate::{failure::Failure, output, settings::Settings};

/// Names the process of a running `up`, beside its data.
pub(crate) const PID_FILE: &str = "up.pid";

/// Longer than everything takes to end in order.
const PATIENCE: Duration = Duration::from_mins(1);

pub(crate) async fn run(settings: &Settings) -> Result<(), Failure> {
    let file = settings.data_dir.join(PID_FILE);
    let Some(pid) = running(&file) else {
        output::note(&format!("Nothing runs on {}.", settings.data_dir.display()));
        return Ok(());
    };
    kill(pid, Signal::SIGTERM)
        .map_err(|error| Failure::other(format!("process {pid} can't be asked to end: {error}")))?;
    let begun = Instant::now();
    while running(&file) == Some(pid) {
        if begun.elapsed() > PATIENCE {
            return Err(Failure::other(format!("process {pid} still runs after {} s", PATIENCE.as_secs())));
        }
        sleep(Duration::from_millis(50)).await;
    }
    output::note("Everything has ended.");
    Ok(())
}

/// The process that the file names, if it is alive and is a `stagedoor up`: pids are used again.
pub(crate) fn running(file: &Path) -> Option<Pid> {
    let pid: i32 = fs::read_to_string(file).ok()?.trim().parse().ok()?;
    let pid = Pid::from_raw(pid);
    kill(pid, None).ok()?;
    match fs::read(format!("/proc/{pid}/cmdline")) {
        Ok(line) => {
            let line = String::from_utf8_lossy(&line).into_owned();
            (line.contains("stagedoor") && line.split('\0').any(|word| word == "up")).then_some(pid)
        }
        // Without /proc the process's being alive has to do.
        Err(_) if !Path::new("/proc/self").exists() => Some(pid),
        Err(_) => None,
    }
}
