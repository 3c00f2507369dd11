//! `stagedoor events import`.

mod lines;

use std::path::Path;

use event_store::{Head, ImportError, check_schema, import};
use sqlx::ConnectOptions;

use crate::{
    failure::{Failure, owner_only},
    output::{self, Progress},
    settings::Settings,
};

pub(super) async fn run(settings: &Settings, json: bool, file: &Path) -> Result<(), Failure> {
    let database = settings.owner()?;
    check_schema(&mut database.connect().await?).await?;
    let events = lines::pages(file, Progress::new("bytes"))?;
    let head = import(&database, events).await.map_err(failure)?;
    told(&head, json)
}

fn told(head: &Head, json: bool) -> Result<(), Failure> {
    let Head { log_id, position, hash } = head;
    if json {
        let hash = data_encoding::HEXLOWER.encode(hash);
        return output::json(&serde_json::json!({ "log_id": log_id, "position": position, "hash": hash }));
    }
    output::note(&format!(
        "The log holds {position} events, verified, and is log {log_id}.\n\
         Read models and processes begin at its first event when they run. A stream of the log that it was exported from\n\
         is refused: `stagedoor relay reset` fills it from this one. Where the log is signed, nothing is until somebody has\n\
         looked: `stagedoor audit checkpoint --begin`. Users, sessions and the answers to idempotency keys are not in a log:\n\
         docs/operations.md says how they move."
    ));
    Ok(())
}

fn failure(error: ImportError<Failure>) -> Failure {
    match error {
        ImportError::NotEmpty(_) => {
            Failure::usage(error, "make a database of its own, and `stagedoor migrate` it")
        }
        ImportError::Broken(_) | ImportError::Version(_) => {
            Failure::Fault(format!("{error}; nothing was imported"))
        }
        ImportError::Source(failure) => failure,
        ImportError::Database(error) => owner_only(error),
    }
}
