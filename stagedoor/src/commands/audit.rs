//! `stagedoor audit`.

use crate::{cli::Audit, failure::Failure, settings::Settings};

mod check;
mod checkpoint;
mod jetstream;
mod ledger;
mod prove;
mod verify;

pub(crate) async fn run(settings: &Settings, json: bool, command: Audit) -> Result<(), Failure> {
    match command {
        Audit::Ledger => ledger::run(settings, json).await,
        Audit::Verify { from, to } => verify::run(settings, json, from, to).await,
        Audit::Checkpoint { begin } => checkpoint::run(settings, json, begin).await,
        Audit::Prove { position, out } => prove::run(settings, position, out.as_deref()).await,
        Audit::Check { file } => check::run(settings, json, &file),
    }
}
