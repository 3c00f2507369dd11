//! `stagedoor doctor`: what durability and integrity rest on, tested.

mod checkpoints;
mod nats;
mod postgres;

use serde::Serialize;

use crate::{failure::Failure, output, settings::Settings};

/// What a test came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Verdict {
    Ok,
    /// Nothing is wrong now, but something could be better.
    Advice,
    Fault,
}

/// One test, and what to change.
#[derive(Debug, Serialize)]
pub(super) struct Finding {
    what: &'static str,
    verdict: Verdict,
    detail: String,
}

impl Finding {
    /// All is well with `what`, or `otherwise` says what to change.
    pub(super) fn test(what: &'static str, well: bool, otherwise: &str) -> Self {
        Self::judge(what, if well { Verdict::Ok } else { Verdict::Fault }, otherwise)
    }

    /// Like a test, but not a fault.
    pub(super) fn advise(what: &'static str, well: bool, otherwise: &str) -> Self {
        Self::judge(what, if well { Verdict::Ok } else { Verdict::Advice }, otherwise)
    }

    fn judge(what: &'static str, verdict: Verdict, otherwise: &str) -> Self {
        let detail = if verdict == Verdict::Ok { String::new() } else { otherwise.to_owned() };
        Self { what, verdict, detail }
    }
}

pub(crate) async fn run(settings: &Settings, json: bool) -> Result<(), Failure> {
    let mut findings = postgres::examine(settings).await?;
    findings.extend(nats::examine(settings).await?);
    findings.extend(checkpoints::examine(settings).await?);
    if json {
        output::json(&findings)?;
    } else {
        let rows = findings.iter().map(|finding| {
            let verdict = format!("{:?}", finding.verdict).to_lowercase();
            vec![verdict, finding.what.to_owned(), finding.detail.clone()]
        });
        output::table(&["verdict", "what", "what to change"], rows.collect())?;
    }
    let faults = findings.iter().filter(|finding| finding.verdict == Verdict::Fault).count();
    if faults == 0 {
        Ok(())
    } else {
        Err(Failure::Fault(format!("{faults} of {} tests failed", findings.len())))
    }
}
