//! `stagedoor down`.

use std::time::Duration;

use nix::sys::signal::{Signal, kill};
use tokio::time::{Instant, sleep};

use crate::{
    failure::Failure,
    output,
    settings::Settings,
    up_lock::{PID_FILE, holder, is_held},
};

/// Longer than everything takes to end in order.
const PATIENCE: Duration = Duration::from_mins(1);

pub(crate) async fn run(settings: &Settings) -> Result<(), Failure> {
    let file = settings.data_dir.join(PID_FILE);
    let Some(pid) = holder(&file).await else {
        output::note(&format!("Nothing runs on {}.", settings.data_dir.display()));
        return Ok(());
    };
    kill(pid, Signal::SIGTERM)
        .map_err(|error| Failure::other(format!("process {pid} can't be asked to end: {error}")))?;
    let begun = Instant::now();
    while is_held(&file) {
        if begun.elapsed() > PATIENCE {
            return Err(Failure::other(format!("process {pid} still runs after {} s", PATIENCE.as_secs())));
        }
        sleep(Duration::from_millis(50)).await;
    }
    output::note("Everything has ended.");
    Ok(())
}
