//! `stagedoor audit check`: whether a proof proves anything. Takes the file and the public key; neither database nor
//! network.

use std::{fs, path::Path};

use data_encoding::HEXLOWER;
use evidence::{Checkpoint, Proof, Proven};

use crate::{failure::Failure, output, settings::Settings};

/// A proof is far smaller: an event has at most 256 KiB.
const MAX_FILE: u64 = 4 << 20;

pub(super) fn run(settings: &Settings, json: bool, file: &Path) -> Result<(), Failure> {
    let keys = settings.checkpoints.must_trust()?;
    let text = read(file)?;
    let proven = Proof::parse(&text).and_then(|proof| proof.check(&keys));
    let proven = proven.map_err(|fault| Failure::Fault(format!("{}: {fault}", file.display())))?;
    if json { output::json(&proven) } else { print(&proven) }
}

fn read(file: &Path) -> Result<Vec<u8>, Failure> {
    let wrong = |error: &dyn std::fmt::Display| {
        Failure::usage(
            format!("{}: {error}", file.display()),
            "name a file that `stagedoor audit prove` wrote",
        )
    };
    let size = fs::metadata(file).map_err(|error| wrong(&error))?.len();
    if size > MAX_FILE {
        return Err(wrong(&"it is too large for a proof"));
    }
    fs::read(file).map_err(|error| wrong(&error))
}

/// What exactly is proven, and what is not.
fn print(proven: &Proven) -> Result<(), Failure> {
    let Proven { event, hash, checkpoint } = proven;
    let Checkpoint { log_id, sequence, from, to, issued_at, key_id, .. } = checkpoint;
    output::line(&format!("Proven: position {} of log {log_id} holds this event.", event.position))?;
    output::line(&format!("  {} of {}, version {}", event.event_type, event.stream_id, event.version))?;
    output::line(&format!(
        "  recorded  {}",
        event.recorded_at.to_rfc3339_opts(chrono::SecondsFormat::Micros, true)
    ))?;
    output::line(&format!("  data      {}", event.data))?;
    output::line(&format!("  metadata  {}", event.metadata))?;
    output::line(&format!("  hash      {}", HEXLOWER.encode(hash)))?;
    let issued_at = issued_at.to_rfc3339_opts(chrono::SecondsFormat::Secs, true);
    output::line(&format!(
        "It is one of those at positions {from} to {to} for which checkpoint {sequence} was signed at {issued_at} by key {}.",
        HEXLOWER.encode(key_id)
    ))?;
    output::line(
        "Not proven: what the log holds elsewhere or held later, and that what the event tells is true.",
    )
}
