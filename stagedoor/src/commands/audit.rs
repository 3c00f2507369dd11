//! `stagedoor audit`.

use crate::{cli::Audit, failure::Failure, settings::Settings};

mod ledger;

pub(crate) async fn run(settings: &Settings, json: bool, command: Audit) -> Result<(), Failure> {
    match command {
        Audit::Ledger => ledger::run(settings, json).await,
    }
}
