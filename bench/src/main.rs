//! The measurements behind every number that Stagedoor states.
//!
//! Each figure is measured beside a floor: what plain SQL, or plain publishing, reaches on the same engines in the
//! same minute. Run it with `make bench`; [`figures`] lists what is measured.

#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic))]

mod args;
mod fallible;
mod figures;
mod floors;
mod house;
mod load;
mod results;
mod say;

use std::process::ExitCode;

use clap::Parser;
use tokio::signal::{
    ctrl_c,
    unix::{SignalKind, signal},
};

use crate::{
    args::{Args, Command},
    fallible::Fallible,
    results::report,
};

/// On one thread: the load shares the machine with what it measures, and must cost as little as it can.
#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let args = Args::parse();
    if let Some(Command::Report { file, docs }) = &args.command {
        return exit(report::read(file).and_then(|lines| report::write(&lines, docs)).map(|()| true));
    }
    let ended = tokio::select! {
        ended = figures::run(&args) => ended,
        () = told_to_end() => Err("told to end".into()),
    };
    exit(ended)
}

/// Then everything that was started ends with this process.
async fn told_to_end() {
    let Ok(mut terminate) = signal(SignalKind::terminate()) else { return };
    tokio::select! {
        _ = ctrl_c() => {}
        _ = terminate.recv() => {}
    }
}

/// Whether all targets were met decides.
fn exit(ended: Fallible<bool>) -> ExitCode {
    match ended {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            say::note(&format!("bench: {error}"));
            ExitCode::FAILURE
        }
    }
}
