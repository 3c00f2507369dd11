//! `stagedoor`: every role of the box office, and the tools to run it.

mod checkpoint_settings;
mod cli;
mod commands;
mod config_file;
mod engine_room;
mod failure;
mod files;
mod logging;
mod mail_settings;
mod money_settings;
mod output;
mod own_checkpoints;
mod practice;
mod reference;
mod roles;
mod seed;
mod settings;
mod up_lock;

use std::process::ExitCode;

use failure::Failure;
use mimalloc::MiMalloc;

/// Orders are many small allocations on several threads at once.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    let cli = match cli::parse() {
        Ok(cli) => cli,
        Err(failure) => return report(&failure, false),
    };
    let json = cli.json;
    let done = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::other(format!("the runtime could not start: {error}")))
        .and_then(|runtime| runtime.block_on(commands::run(cli)));
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => report(&failure, json),
    }
}

fn report(failure: &Failure, json: bool) -> ExitCode {
    output::failure(failure, json);
    ExitCode::from(failure.code())
}
