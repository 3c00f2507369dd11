//! `with-engines -- <command…>`: runs a command beside a Postgres and a NATS of its own.
//!
//! The command finds them in `STAGEDOOR_TEST_POSTGRES_URL` and `STAGEDOOR_TEST_NATS_URL`; its exit code is
//! passed on. They end with the command, with this process, and with the process that started this one.

use std::env;
use std::ffi::OsString;
use std::io::{IsTerminal, stdin};
use std::os::unix::process::{ExitStatusExt, parent_id};
use std::process::{ExitCode, ExitStatus};
use std::time::Duration;

use engines::testing::{self, NATS_READER_URL, NATS_URL, POSTGRES_URL};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use tokio::process::{Child, Command};
use tokio::signal::unix::{SignalKind, signal};

const MAX_CONNECTIONS: u32 = 300;
const WRONG_USAGE: u8 = 2;
const NO_ENGINE: u8 = 3;
const LOOK_FOR_PARENT_EVERY: Duration = Duration::from_millis(500);
/// How long the command may take to end once it was told to.
const COMMAND_ENDS_WITHIN: Duration = Duration::from_secs(30);

#[tokio::main]
async fn main() -> ExitCode {
    let arguments: Vec<OsString> = env::args_os().skip(1).skip_while(|argument| argument == "--").collect();
    let Some((program, arguments)) = arguments.split_first() else {
        say("usage: with-engines -- <command> [argument…]");
        return ExitCode::from(WRONG_USAGE);
    };
    let engines = match testing::throwaway(MAX_CONNECTIONS).await {
        Ok(engines) => engines,
        Err(error) => {
            say(&error.to_string());
            return ExitCode::from(NO_ENGINE);
        }
    };
    let found = engines.addresses();
    let mut command = Command::new(program);
    command.args(arguments);
    command.env(POSTGRES_URL, found.postgres_url).env(NATS_URL, found.nats_url);
    command.env(NATS_READER_URL, found.nats_reader_url);
    let code = match command.spawn() {
        Ok(child) => accompany(child).await,
        Err(error) => {
            say(&format!("can't run {}: {error}", program.display()));
            ExitCode::from(127)
        }
    };
    drop(engines);
    code
}

/// Waits for the command, handing on what it is told meanwhile.
async fn accompany(mut child: Child) -> ExitCode {
    let parent = parent_id();
    let (Ok(mut interrupt), Ok(mut terminate)) =
        (signal(SignalKind::interrupt()), signal(SignalKind::terminate()))
    else {
        return ended(child.wait().await);
    };
    loop {
        tokio::select! {
            status = child.wait() => return ended(status),
            // A terminal's Ctrl-C reaches the command without help.
            _ = interrupt.recv() => if !stdin().is_terminal() { pass_on(&child, Signal::SIGINT) },
            _ = terminate.recv() => pass_on(&child, Signal::SIGTERM),
            () = tokio::time::sleep(LOOK_FOR_PARENT_EVERY) => {
                if parent_id() != parent {
                    return abandon(child).await;
                }
            }
        }
    }
}

/// Nobody waits for the result any more.
async fn abandon(mut child: Child) -> ExitCode {
    pass_on(&child, Signal::SIGTERM);
    match tokio::time::timeout(COMMAND_ENDS_WITHIN, child.wait()).await {
        Ok(status) => ended(status),
        Err(_) => ended(child.kill().await.map(|()| ExitStatus::from_raw(Signal::SIGKILL as i32))),
    }
}

fn pass_on(child: &Child, signal: Signal) {
    if let Some(pid) = child.id().and_then(|pid| i32::try_from(pid).ok()) {
        // It may have ended just now.
        let _ = kill(Pid::from_raw(pid), signal);
    }
}

/// As a shell would say it: the exit code, or 128 and the signal.
fn ended(status: std::io::Result<ExitStatus>) -> ExitCode {
    let code =
        status.ok().and_then(|status| status.code().or_else(|| status.signal().map(|signal| 128 + signal)));
    ExitCode::from(code.and_then(|code| u8::try_from(code).ok()).unwrap_or(u8::MAX))
}

#[expect(clippy::disallowed_macros, reason = "a tool for developers; it has no log")]
fn say(what: &str) {
    eprintln!("with-engines: {what}");
}
