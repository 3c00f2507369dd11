//! `stagedoor doctor`: what durability and integrity rest on, tested; and, where it is to look deep, counted.

mod checkpoints;
mod deep;
mod nats;
mod postgres;

use std::borrow::Cow;

use event_store::Missing;
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
    what: Cow<'static, str>,
    verdict: Verdict,
    detail: String,
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    tally: Option<Tally>,
}

/// What was counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub(super) struct Tally {
    missing: i64,
    of: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    first: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    last: Option<i64>,
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
        Self { what: what.into(), verdict, detail, tally: None }
    }

    /// A fault, unless nothing is missing of so many.
    pub(super) fn count(
        what: impl Into<Cow<'static, str>>,
        of: i64,
        missing: Option<Missing>,
        otherwise: &str,
    ) -> Self {
        let Some(Missing { count, first, last }) = missing else {
            let tally = Tally { missing: 0, of, first: None, last: None };
            let detail = format!("0 missing of {of}");
            return Self { what: what.into(), verdict: Verdict::Ok, detail, tally: Some(tally) };
        };
        let tally = Tally { missing: count, of, first: Some(first), last: Some(last) };
        let detail = format!("{count} missing of {of}, from position {first} to {last}: {otherwise}");
        Self { what: what.into(), verdict: Verdict::Fault, detail, tally: Some(tally) }
    }

    /// A fault that no number tells.
    pub(super) fn fault(what: impl Into<Cow<'static, str>>, detail: String) -> Self {
        Self { what: what.into(), verdict: Verdict::Fault, detail, tally: None }
    }
}

pub(crate) async fn run(settings: &Settings, json: bool, deep: bool, fix: bool) -> Result<(), Failure> {
    let mut findings = postgres::examine(settings).await?;
    findings.extend(nats::examine(settings).await?);
    findings.extend(checkpoints::examine(settings).await?);
    if deep {
        let found = deep::examine(settings).await?;
        let found =
            if fix && deep::fix(settings, &found).await? { deep::examine(settings).await? } else { found };
        findings.extend(found.findings);
    }
    if json {
        output::json(&findings)?;
    } else {
        let rows = findings.iter().map(|finding| {
            let verdict = format!("{:?}", finding.verdict).to_lowercase();
            vec![verdict, finding.what.to_string(), finding.detail.clone()]
        });
        output::table(&["verdict", "what", "what was found, or is to be changed"], rows.collect())?;
    }
    let faults = findings.iter().filter(|finding| finding.verdict == Verdict::Fault).count();
    if faults == 0 {
        Ok(())
    } else {
        Err(Failure::Fault(format!("{faults} of {} tests failed", findings.len())))
    }
}
