//! `stagedoor audit`.

use crate::{cli::Audit, failure::Failure, settings::Settings};

mod as_of;
mod check;
mod checkpoint;
mod jetstream;
mod ledger;
mod moment;
mod order;
mod prove;
mod verify;
mod why;

pub(crate) async fn run(settings: &Settings, json: bool, command: Audit) -> Result<(), Failure> {
    match command {
        Audit::Ledger => ledger::run(settings, json).await,
        Audit::Order { order } => order::run(settings, json, &order).await,
        Audit::AsOf { at, model, id } => as_of::run(settings, json, &at, &model, id.as_deref()).await,
        Audit::Why { show, seat, at } => why::run(settings, json, &show, &seat, at.as_deref()).await,
        Audit::Verify { from, to } => verify::run(settings, json, from, to).await,
        Audit::Checkpoint { begin } => checkpoint::run(settings, json, begin).await,
        Audit::Prove { position, out } => prove::run(settings, position, out.as_deref()).await,
        Audit::Check { file } => check::run(settings, json, &file),
    }
}

/// The id in a name that may be that of a stream: `<id>`, or `order-<id>`.
fn named<'a>(name: &'a str, category: &str) -> &'a str {
    name.strip_prefix(category).and_then(|rest| rest.strip_prefix('-')).unwrap_or(name)
}
