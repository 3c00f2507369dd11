//! `stagedoor audit prove`: a small file by which anybody can see that an event is in the log.

use std::{fs, path::Path};

use event_store::Position;
use evidence::{ProveError, VerifyError, prove};

use super::checkpoint::unreachable;
use crate::{failure::Failure, output, settings::Settings};

pub(super) async fn run(settings: &Settings, position: Position, out: Option<&Path>) -> Result<(), Failure> {
    let (target, keys) = (settings.checkpoints.must_have_target()?, settings.checkpoints.must_trust()?);
    let proof = prove(&settings.reader()?, position, &target, &keys).await.map_err(failure)?.to_json();
    let Some(path) = out else { return output::line(proof.trim_end()) };
    let written = fs::write(path, proof);
    written.map_err(|error| Failure::other(format!("{}: {error}", path.display())))?;
    output::note(&format!("Wrote {}: `stagedoor audit check` says what it proves.", path.display()));
    Ok(())
}

fn failure(error: ProveError) -> Failure {
    match error {
        ProveError::NotCovered { .. } => {
            Failure::Fault(format!("{error}; `stagedoor audit checkpoint` signs the next one now"))
        }
        ProveError::Fault(_) | ProveError::Proof(_) => Failure::Fault(error.to_string()),
        ProveError::Verify(error) => unverified(error),
    }
}

/// Log or checkpoints can't be read.
pub(super) fn unverified(error: VerifyError) -> Failure {
    match error {
        VerifyError::Log(error) => error.into(),
        VerifyError::Target(error) => unreachable(error),
    }
}
