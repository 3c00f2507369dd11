//! `stagedoor audit`.

use crate::{cli::Audit, failure::Failure, settings::Settings};

mod ledger;
mod order;

pub(crate) async fn run(settings: &Settings, json: bool, command: Audit) -> Result<(), Failure> {
    match command {
        Audit::Ledger => ledger::run(settings, json).await,
        Audit::Order { order } => order::run(settings, json, &order).await,
    }
}

/// The id in a name that may be that of a stream: `<id>`, or `order-<id>`.
fn named<'a>(name: &'a str, category: &str) -> &'a str {
    name.strip_prefix(category).and_then(|rest| rest.strip_prefix('-')).unwrap_or(name)
}
