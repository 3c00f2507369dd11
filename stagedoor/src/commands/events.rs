//! `stagedoor events`.

mod export;
mod import;
mod print;
mod select;
mod show;
mod tail;

use crate::{cli::Events, failure::Failure, settings::Settings};

pub(crate) async fn run(settings: &Settings, json: bool, command: Events) -> Result<(), Failure> {
    match command {
        Events::Show { what, between, like } => {
            show::run(settings, json, what.as_deref(), between, like).await
        }
        Events::Tail { lines, follow, like } => tail::run(settings, json, lines, follow, like).await,
        Events::Export { format, between, like, out } => {
            let selection = select::selection(between, like)?;
            export::run(settings, json, format, selection, out.as_deref()).await
        }
        Events::Import { file } => import::run(settings, json, &file).await,
    }
}
