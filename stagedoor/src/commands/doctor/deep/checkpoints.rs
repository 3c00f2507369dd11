//! Every checkpoint beside the log's end.

use std::time::Duration;

use event_store::{Head, Missing, Position};
use projections::{Model, ProjectionState};
use sqlx::{ConnectOptions, PgConnection};
use tokio::time::{Instant, sleep};
use uuid::Uuid;

use super::super::Finding;
use crate::{failure::Failure, settings::Settings};

/// How long those who work may take for what was appended a moment ago.
const ON_THEIR_WAY: Duration = Duration::from_secs(5);
const LOOK_EVERY: Duration = Duration::from_millis(100);

/// A checkpoint, whoever's.
struct Checkpoint {
    what: String,
    /// Nothing if it was never made.
    place: Option<(Position, Uuid)>,
    /// Why it does not move.
    stopped: Option<String>,
    /// What it has passed without effect.
    parked: Option<(Missing, &'static str)>,
    /// Steps that are not tried again by themselves.
    steps: i64,
    run: &'static str,
}

/// Whether any must begin again.
pub(super) async fn examine(settings: &Settings, findings: &mut Vec<Finding>) -> Result<bool, Failure> {
    let mut connection = settings.writer()?.connect().await?;
    let head = event_store::head(&mut connection).await?;
    let checkpoints = settled(&mut connection, &head).await?;
    // Not before the checkpoints: where people buy, these are further on by now than the log was then.
    let end = event_store::head(&mut connection).await?;
    for checkpoint in &checkpoints {
        findings.extend(judge(checkpoint, head.position, &end));
    }
    Ok(checkpoints.iter().any(|checkpoint| checkpoint.is_refused(&end)))
}

/// As they are when all have come to the log's end, or had time to.
async fn settled(connection: &mut PgConnection, head: &Head) -> Result<Vec<Checkpoint>, Failure> {
    let begun = Instant::now();
    loop {
        let found = read(connection).await?;
        let behind = |checkpoint: &Checkpoint| {
            checkpoint.place.is_some_and(|(position, _)| position < head.position)
                && checkpoint.stopped.is_none()
        };
        if !found.iter().any(behind) || begun.elapsed() > ON_THEIR_WAY {
            return Ok(found);
        }
        sleep(LOOK_EVERY).await;
    }
}

async fn read(connection: &mut PgConnection) -> Result<Vec<Checkpoint>, Failure> {
    let projections = projections::standings(&mut *connection).await?;
    let standings = processes::standings(connection).await?;
    let of_models = Model::ALL.into_iter().map(|model| {
        let found = projections.iter().find(|standing| standing.name == model.name());
        let stopped = found.filter(|standing| standing.state == ProjectionState::Stopped);
        Checkpoint {
            what: format!("projection {model}"),
            place: found.map(|standing| (standing.position, standing.log_id)),
            stopped: stopped.map(|standing| standing.reason.clone().unwrap_or_default()),
            parked: found
                .and_then(|standing| standing.parked)
                .map(|parked| (parked, "their entities are parked")),
            steps: 0,
            run: "stagedoor serve projections",
        }
    });
    let of_processes = processes::NAMES.into_iter().map(|process| {
        let found = standings.iter().find(|standing| standing.process == process);
        Checkpoint {
            what: format!("process {process}"),
            place: found.map(|standing| (standing.position, standing.log_id)),
            stopped: None,
            parked: None,
            steps: found.map_or(0, |standing| standing.parked),
            run: "stagedoor serve processes",
        }
    });
    Ok(of_models.chain(of_processes).collect())
}

impl Checkpoint {
    /// Nobody can go on from it.
    fn is_refused(&self, end: &Head) -> bool {
        self.place.is_some_and(|(position, log_id)| log_id != end.log_id || position > end.position)
    }
}

/// Whether it has all events up to `goal`, and none beyond the log's end.
fn judge(checkpoint: &Checkpoint, goal: Position, end: &Head) -> Vec<Finding> {
    let Checkpoint { what, place, stopped, parked, steps, run } = checkpoint;
    let count = |missing, otherwise: &str| Finding::count(what.clone(), goal, missing, otherwise);
    let behind = |position| Missing::between(position + 1, goal);
    let never_run = &format!("it has never run: `{run}`");
    let of_another_log = "its checkpoint is of another log; it begins again when it runs, or by --fix";
    let first = match (place, stopped) {
        (None, _) => count(behind(0), never_run),
        (Some((_, log_id)), _) if *log_id != end.log_id => count(behind(0), of_another_log),
        (Some((position, _)), _) if *position > end.position => Finding::fault(
            what.clone(),
            format!(
                "its checkpoint, {position}, is beyond the log's end, {}: it has seen what the log does not hold; it begins \
                 again when it runs, or by --fix",
                end.position
            ),
        ),
        (Some((position, _)), Some(reason)) => count(behind(*position), &format!("it has stopped: {reason}")),
        (Some((position, _)), None) => count(behind(*position), &format!("it is behind; does `{run}` run?")),
    };
    let parked = parked
        .map(|(missing, why)| count(Some(missing), &format!("{why}: see `stagedoor projections list`")));
    let steps = (*steps > 0).then(|| {
        let detail = format!("{steps} steps are parked: `stagedoor processes parked` says why");
        Finding::fault(what.clone(), detail)
    });
    [Some(first), parked, steps].into_iter().flatten().collect()
}
