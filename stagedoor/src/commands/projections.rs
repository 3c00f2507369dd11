//! `stagedoor projections`.

mod list;
mod made_anew;
mod progress;
mod retry;

use crate::{cli::Projections, failure::Failure, settings::Settings};

pub(crate) async fn run(settings: &Settings, json: bool, command: Projections) -> Result<(), Failure> {
    match command {
        Projections::List => list::run(settings, json).await,
        Projections::Rebuild { which, dry_run } => {
            made_anew::rebuild(settings, json, &which.chosen(), dry_run).await
        }
        Projections::Verify { which } => made_anew::verify(settings, json, &which.chosen()).await,
        Projections::Retry { names, entity } => retry::run(settings, json, &names, entity).await,
    }
}
