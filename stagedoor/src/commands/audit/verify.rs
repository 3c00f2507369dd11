//! `stagedoor audit verify`: whether the log is whole, and what was signed.

use event_store::Position;
use evidence::{Checkpoints, Fault, Report, Scope, verify};
use serde::Serialize;

use super::{
    checkpoint::object,
    jetstream::{self, Testimony},
    prove::unverified,
};
use crate::{
    failure::Failure,
    output::{self, Progress},
    settings::Settings,
};

/// What is printed with `--json`.
#[derive(Serialize)]
struct Told<'a> {
    #[serde(flatten)]
    report: &'a Report,
    events_per_second: f64,
    jetstream: &'a Testimony,
}

pub(super) async fn run(
    settings: &Settings,
    json: bool,
    from: Option<Position>,
    to: Option<Position>,
) -> Result<(), Failure> {
    if from.zip(to).is_some_and(|(from, to)| to < from) {
        return Err(Failure::usage("--to is before --from", "stagedoor audit verify --from 1 --to 1000"));
    }
    let database = settings.reader()?;
    let target = settings.checkpoints.target()?;
    let keys = target.as_ref().map(|_| settings.checkpoints.must_trust()).transpose()?;
    if let Some(target) = &target {
        object(target, &database).await?;
    }
    let mut progress = Progress::new("events");
    let scope = Scope { from, to };
    let evidence = target.as_ref().zip(keys.as_ref());
    let verified = verify(&database, scope, evidence, &mut |position, to| progress.tell(position, to)).await;
    progress.end();
    let mut report = verified.map_err(unverified)?;
    let (testimony, against) = jetstream::ask(settings, &report).await?;
    report.faults.extend(against);
    if json {
        let events_per_second = rate(&report);
        output::json(&Told { report: &report, events_per_second, jetstream: &testimony })?;
    } else {
        print(&report, &testimony)?;
    }
    verdict(&report)
}

fn print(report: &Report, testimony: &Testimony) -> Result<(), Failure> {
    let Report { log_id, head, from, sound_to, events, seconds, .. } = report;
    output::line(&format!("log {log_id}, {head} events"))?;
    output::line(&format!(
        "chain        positions {from} to {sound_to}: no gap, versions in order, time runs on, hashes hold ({events} events in {seconds:.1} s)"
    ))?;
    match &report.checkpoints {
        Some(checkpoints) => print_checkpoints(checkpoints)?,
        None => output::line(
            "checkpoints  not asked, STAGEDOOR_CHECKPOINT_TO is not set: a cut tail or a chain computed anew could not be seen",
        )?,
    }
    output::line(&format!("jetstream    {testimony}"))?;
    for fault in &report.faults {
        output::line(&format!("FAULT        {fault}"))?;
    }
    if report.faults.is_empty() {
        output::line("Nothing speaks against the log.")?;
    }
    Ok(())
}

fn print_checkpoints(checkpoints: &Checkpoints) -> Result<(), Failure> {
    let Checkpoints { kept, agree, unsigned, .. } = checkpoints;
    let newest = checkpoints.newest.as_ref().map_or(String::new(), |newest| {
        let issued_at = newest.issued_at.to_rfc3339_opts(chrono::SecondsFormat::Secs, true);
        format!("; the newest covers up to {} and was signed at {issued_at}", newest.to)
    });
    output::line(&format!("checkpoints  {kept} kept, {agree} of them compared and equal{newest}"))?;
    output::line(&format!("unsigned     {unsigned} events: only the chain vouches for them"))
}

fn verdict(report: &Report) -> Result<(), Failure> {
    match &report.faults[..] {
        [] => Ok(()),
        [fault] => Err(Failure::Fault(fault.to_string())),
        [first, others @ ..] => Err(Failure::Fault(format!("{first} (and {} more)", others.len()))),
    }
}

#[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
fn rate(report: &Report) -> f64 {
    (report.events as f64 / report.seconds.max(1e-6)).round()
}

/// Where a chain was computed anew, the checkpoints say only within which positions.
pub(super) fn rewritten(report: &Report) -> Option<(Position, Position)> {
    report.faults.iter().find_map(|fault| {
        let Fault::Rewritten { from, to, .. } = *fault else { return None };
        Some((from, to))
    })
}
