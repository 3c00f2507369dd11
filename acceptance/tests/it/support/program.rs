//! The program under test.

use std::{
    env,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use serde_json::Value;
use tokio::io::AsyncWriteExt;

pub(crate) type Settings = [(&'static str, String)];

/// Where `cargo build` put it: beside the tests.
pub(crate) fn program() -> PathBuf {
    if let Some(given) = env::var_os("STAGEDOOR_BIN") {
        return given.into();
    }
    let test = env::current_exe().unwrap();
    let program = test.ancestors().nth(2).unwrap().join("stagedoor");
    assert!(program.exists(), "{} is missing: cargo build --bin stagedoor", program.display());
    program
}

/// A command that sees of the environment only what a machine has anyway, and these settings.
pub(crate) fn command(program: &Path, settings: &Settings, directory: &Path) -> Command {
    let mut command = Command::new(program);
    command.env_clear().current_dir(directory);
    for name in ["PATH", "HOME", "TMPDIR", "LANG", "USER"] {
        if let Some(value) = env::var_os(name) {
            command.env(name, value);
        }
    }
    command.envs(settings.iter().map(|(name, value)| (name, value)));
    command
}

/// What a command that ended came to.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Ran {
    #[track_caller]
    pub(crate) fn code(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "{self:#?}");
        self
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("no JSON ({error}): {self:#?}"))
    }

    #[track_caller]
    pub(crate) fn says(self, text: &str) -> Self {
        assert!(self.err.contains(text) || self.out.contains(text), "it does not say {text:?}: {self:#?}");
        self
    }
}

pub(crate) async fn run(settings: &Settings, directory: &Path, arguments: &[&str]) -> Ran {
    run_with_input(settings, directory, arguments, "").await
}

pub(crate) async fn run_with_input(
    settings: &Settings,
    directory: &Path,
    arguments: &[&str],
    input: &str,
) -> Ran {
    let mut command = command(&program(), settings, directory);
    command.args(arguments);
    finish(command, input).await
}

/// Runs a command to its end.
pub(crate) async fn finish(mut command: Command, input: &str) -> Ran {
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = tokio::process::Command::from(command).kill_on_drop(true).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    // Whoever does not read its input may end before it was written.
    let _ = stdin.write_all(input.as_bytes()).await;
    drop(stdin);
    let ended = child.wait_with_output().await.unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    Ran { code: ended.status.code(), out: text(&ended.stdout), err: text(&ended.stderr) }
}
