//! `stagedoor projections rebuild` and `verify`.

use std::fmt::Write;

use projections::{Difference, Model, Outcome, Progress, RebuildError};
use sqlx::postgres::PgConnectOptions;
use tokio::sync::watch;

use super::progress;
use crate::{failure::Failure, output, settings::Settings};

/// Of many differences, so many are told to people.
const TOLD: usize = 20;

pub(super) async fn rebuild(
    settings: &Settings,
    json: bool,
    models: &[Model],
    dry_run: bool,
) -> Result<(), Failure> {
    if dry_run {
        let outcomes = each(settings, json, models, projections::verify).await?;
        output::note(&format!("Nothing was changed. {} rows would be.", different(&outcomes)));
        return Ok(());
    }
    let outcomes = each(settings, json, models, projections::rebuild).await?;
    for Outcome { name, version_before, version, .. } in &outcomes {
        if version_before < version {
            output::note(&format!("{name} was of version {version_before} and is of version {version} now."));
        }
    }
    output::note(&format!("What was made is read now. It mended {} rows.", different(&outcomes)));
    Ok(())
}

pub(super) async fn verify(settings: &Settings, json: bool, models: &[Model]) -> Result<(), Failure> {
    let outcomes = each(settings, json, models, projections::verify).await?;
    match different(&outcomes) {
        0 => Ok(()),
        rows => Err(Failure::Fault(format!(
            "{rows} rows are not what the log says; `stagedoor projections rebuild` mends them"
        ))),
    }
}

/// One after the other; what each came to is printed even where the next one fails.
async fn each(
    settings: &Settings,
    json: bool,
    models: &[Model],
    make: impl AsyncFn(&PgConnectOptions, Model, watch::Sender<Progress>) -> Result<Outcome, RebuildError>,
) -> Result<Vec<Outcome>, Failure> {
    let database = settings.writer()?;
    let mut outcomes = vec![];
    let mut failed = None;
    for model in models {
        let (sender, receiver) = watch::channel(Progress::default());
        // The other ends when nothing more is told.
        let (outcome, ()) = tokio::join!(make(&database, *model, sender), progress::show(*model, receiver));
        match outcome {
            Ok(outcome) => outcomes.push(outcome),
            Err(error) => {
                failed = Some(failure(error));
                break;
            }
        }
    }
    print(&outcomes, json)?;
    failed.map_or(Ok(outcomes), Err)
}

fn print(outcomes: &[Outcome], json: bool) -> Result<(), Failure> {
    if json {
        return output::json(&outcomes);
    }
    if outcomes.is_empty() {
        return Ok(());
    }
    let rows = outcomes.iter().map(|outcome| {
        vec![
            outcome.name.to_owned(),
            outcome.position.to_string(),
            outcome.rows.to_string(),
            outcome.differences.different_rows.to_string(),
            format!("{:.1} s", outcome.seconds),
            format!("{:.0}", outcome.events_per_second),
        ]
    });
    output::table(&["projection", "position", "rows", "different", "took", "events/s"], rows.collect())?;
    outcomes.iter().try_for_each(tell)
}

/// The first differences of a read model.
fn tell(outcome: &Outcome) -> Result<(), Failure> {
    let differences = &outcome.differences.differences;
    for difference in differences.iter().take(TOLD) {
        output::line(&told(difference))?;
    }
    if differences.len() > TOLD {
        output::note(&format!("{}: and more; --json tells the first 1,000", outcome.name));
    }
    Ok(())
}

fn told(difference: &Difference) -> String {
    let Difference { table, key, column, live, log } = difference;
    let mut text = table.clone();
    for (name, value) in key {
        // Writing into a text can't fail.
        let _ = write!(text, " {name}={value}");
    }
    match column {
        Some(column) => text + &format!(": {column} is {live}, by the log {log}"),
        None if live.is_null() => text + " is missing",
        None => text + " is there, and the log knows nothing of it",
    }
}

fn different(outcomes: &[Outcome]) -> u64 {
    outcomes.iter().map(|outcome| outcome.differences.different_rows).sum()
}

fn failure(error: RebuildError) -> Failure {
    match error {
        RebuildError::Database(error) => error.into(),
        RebuildError::NotBegun(_)
        | RebuildError::Newer { .. }
        | RebuildError::Busy(_)
        | RebuildError::Overtaken
        | RebuildError::Parked { .. }
        | RebuildError::OtherLog
        | RebuildError::Stopped(_)
        | RebuildError::Panicked(_) => Failure::other(error),
    }
}
