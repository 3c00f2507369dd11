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

use crate::{args::Args, fallible::Fallible};

/// On one thread: the load shares the machine with what it measures, and must cost as little as it can.
#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let args = Args::parse();
    let ended = tokio::select! {
        ended = figures::run(&args) => ended,
        _ = tokio::signal::ctrl_c() => Err("interrupted".into()),
    };
    match ended {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            say::note(&format!("bench: {error}"));
            ExitCode::FAILURE
        }
    }
}
