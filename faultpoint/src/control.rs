//! Negative controls: a test that can't fail proves nothing, so it is run once more with its guard off.

use std::{env, io, process::Command, time::Duration};

use crate::{SABOTAGES, Sabotage};

/// What waits in vain because a guard is off need not wait for long; but what comes before it in the same test is waited
/// for no longer either, and must come in time on a busy machine.
const IN_VAIN: Duration = Duration::from_secs(8);

/// How long a test waits before it fails: as long as usual, or less where it is meant to fail.
#[must_use]
pub fn patience(usual: Duration) -> Duration {
    let meant_to_fail = env::var_os(SABOTAGES).is_some_and(|sabotages| !sabotages.is_empty());
    if meant_to_fail { usual.min(IN_VAIN) } else { usual }
}

/// Runs another test of the same binary in a process of its own, with a guard switched off. What it printed, if it
/// failed as it should.
///
/// # Errors
/// It passed all the same, there is no such test, or it could not be run.
pub fn turns_red(test: &str, sabotage: Sabotage) -> io::Result<String> {
    let again = Command::new(env::current_exe()?)
        .args([test, "--exact", "--nocapture"])
        .envs([(SABOTAGES, sabotage.name()), ("RUST_BACKTRACE", "0")])
        .output()?;
    let printed =
        [again.stdout, again.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).join("\n");
    let ran = printed.contains("running 1 test") && printed.contains(&format!("test {test} ..."));
    if ran && !again.status.success() {
        return Ok(printed);
    }
    let complaint = if ran { "stays green" } else { "was not run" };
    Err(io::Error::other(format!("{test} {complaint} with {sabotage}:\n{printed}")))
}
