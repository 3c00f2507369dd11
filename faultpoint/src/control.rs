//! Negative controls: a test that can't fail proves nothing, so it is run once more with its guard off.

use std::{env, io, process::Command};

use crate::{SABOTAGES, Sabotage};

/// Runs another test of the same binary in a process of its own, with a guard switched off. What it printed, if it
/// failed as it should.
///
/// # Errors
/// It passed all the same, there is no such test, or it could not be run.
pub fn turns_red(test: &str, sabotage: Sabotage) -> io::Result<String> {
    let again = Command::new(env::current_exe()?)
        .args([test, "--exact", "--nocapture"])
        .env(SABOTAGES, sabotage.name())
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
