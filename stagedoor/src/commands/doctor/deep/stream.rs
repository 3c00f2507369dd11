//! The stream, message by message.

use event_store::Missing;
use relay::{Reconciliation, RelayError, RelayOptions, ResetProgress};

use super::super::Finding;
use crate::{
    commands::relay::failure,
    failure::Failure,
    output::{self, Progress},
    roles::relay_options,
    settings::Settings,
};

const WHAT: &str = "JetStream, message by message";

pub(super) async fn examine(
    settings: &Settings,
    findings: &mut Vec<Finding>,
) -> Result<Option<Reconciliation>, Failure> {
    if settings.nats_url.is_none() {
        return Ok(None);
    }
    let mut progress = Progress::new("messages");
    let options = relay_options(settings)?;
    let reconciled = relay::reconcile(&options, |done, all| progress.tell(done, all)).await;
    progress.end();
    match reconciled {
        Ok(found) => {
            findings.push(Finding::count(WHAT, found.of(), found.missing(), otherwise(&found)));
            findings.extend(contradictions(&found).map(|detail| Finding::fault(WHAT, detail)));
            Ok(Some(found))
        }
        Err(RelayError::Log(error)) => Err(error.into()),
        Err(error) => {
            findings.push(Finding::fault(WHAT, error.to_string()));
            Ok(None)
        }
    }
}

fn otherwise(found: &Reconciliation) -> &'static str {
    if found.holes.is_some() {
        return "a stream can't be mended in the middle: --fix deletes it and fills it again from the log";
    }
    "no relay publishes them: run `stagedoor serve relay`; --fix publishes them now"
}

/// What the stream says that the log does not. It may be all that is left of events that the log has lost.
fn contradictions(found: &Reconciliation) -> impl Iterator<Item = String> {
    const DECIDE: &str = "find out which of them is right, see docs/operations.md; `stagedoor relay reset` decides for the log";
    let said = |what: &str, missing: Option<Missing>| {
        let Missing { count, first, last } = missing?;
        Some(format!("{count} messages, from {first} to {last}, {what}: {DECIDE}"))
    };
    let different = said("are not the log's events", found.different);
    let ahead = said("are beyond the log's end", found.ahead);
    let foreign = found.foreign.as_ref().map(|accident| format!("{accident}: {DECIDE}"));
    [different, ahead, foreign].into_iter().flatten()
}

/// Fills it; whether there was anything to fill.
pub(super) async fn fix(settings: &Settings, found: &Reconciliation) -> Result<bool, Failure> {
    if found.contradicts() || found.missing().is_none() {
        return Ok(false);
    }
    let options = relay_options(settings)?;
    filled(&options, found.holes.is_some()).await.map_err(failure)?;
    Ok(true)
}

async fn filled(options: &RelayOptions, has_holes: bool) -> Result<(), RelayError> {
    let mut progress = Progress::new("positions in the stream");
    let tell = |done: ResetProgress| progress.tell(done.position, done.head);
    let filled = if has_holes {
        output::note("Deleting the stream, and filling it again from the log.");
        relay::reset(options, tell).await
    } else {
        output::note("Publishing what the stream lacks.");
        relay::refill(options, tell).await
    };
    progress.end();
    filled
}
