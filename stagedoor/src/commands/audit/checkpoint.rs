//! `stagedoor audit checkpoint`: one now, without waiting until it is due.

use std::{sync::Arc, time::Duration};

use data_encoding::HEXLOWER;
use event_store::{Lease, SystemClock, new_id};
use evidence::{Checkpoint, IssueError, Issuer, Signed, Target, TargetError};
use serde::Serialize;
use sqlx::{ConnectOptions, PgConnection, postgres::PgConnectOptions};
use tokio::time::{Instant, sleep};

use crate::{failure::Failure, output, settings::Settings};

/// How long whoever issues one at the moment is waited for.
const WAITS: Duration = Duration::from_secs(10);
const LOOK_EVERY: Duration = Duration::from_millis(200);

#[derive(Serialize)]
struct Issued {
    issued: Vec<Checkpoint>,
}

pub(super) async fn run(settings: &Settings, json: bool, begin: bool) -> Result<(), Failure> {
    let clock = Arc::new(SystemClock);
    let Some(options) = settings.checkpoints.issuer(settings.writer()?, clock)? else {
        return Err(Failure::usage(
            "STAGEDOOR_CHECKPOINT_KEY is not set",
            "docs/audit.md tells what signs, and where to",
        ));
    };
    object(&options.target, &options.database).await?;
    let mut connection = settings.writer()?.connect().await?;
    let lease = Lease::new(evidence::LEASE, new_id());
    take(&lease, &mut connection).await?;
    let issued = issue_all(&mut Issuer::new(options), begin).await;
    lease.release(&mut connection).await?;
    print(issued?, json)
}

/// Says so where checkpoints are no evidence.
pub(super) async fn object(target: &Target, log: &PgConnectOptions) -> Result<(), Failure> {
    if let Some(objection) = target.objection(log).await.map_err(unreachable)? {
        output::note(&format!("Note: {objection}."));
    }
    Ok(())
}

/// Who signs in the background needs a moment, if anybody does.
async fn take(lease: &Lease, connection: &mut PgConnection) -> Result<(), Failure> {
    let begun = Instant::now();
    while lease.take(connection).await?.is_none() {
        if begun.elapsed() > WAITS {
            return Err(Failure::other("somebody else is signing checkpoints: try again in a moment"));
        }
        sleep(LOOK_EVERY).await;
    }
    Ok(())
}

async fn issue_all(issuer: &mut Issuer, mut begin: bool) -> Result<Vec<Checkpoint>, Failure> {
    let mut all = Vec::new();
    while let Some(Signed { checkpoint, .. }) = issuer.issue(begin).await.map_err(failure)? {
        begin = false;
        all.push(checkpoint);
    }
    Ok(all)
}

fn print(issued: Vec<Checkpoint>, json: bool) -> Result<(), Failure> {
    if json {
        return output::json(&Issued { issued });
    }
    for Checkpoint { sequence, from, to, chain_hash, .. } in &issued {
        let hash = HEXLOWER.encode(chain_hash);
        output::line(&format!("checkpoint {sequence}: positions {from} to {to}, hash {hash}"))?;
    }
    if issued.is_empty() {
        output::note("Nothing happened since the last checkpoint.");
    }
    Ok(())
}

/// What keeps a checkpoint from being issued; what speaks against the log is a fault.
fn failure(error: IssueError) -> Failure {
    match error {
        IssueError::Fault(_) => Failure::Fault(error.to_string()),
        IssueError::Log(error) => error.into(),
        IssueError::Target(error) => unreachable(error),
        IssueError::Key(_) | IssueError::Overtaken(_) => Failure::other(error),
    }
}

/// The place where checkpoints are kept is not to be had.
pub(super) fn unreachable(error: TargetError) -> Failure {
    match error {
        TargetError::Unusable(_) => Failure::usage(error, "STAGEDOOR_CHECKPOINT_TO names the place"),
        TargetError::Unreachable { .. } => Failure::engine(
            error,
            "STAGEDOOR_CHECKPOINT_TO names the place; is it there, and may you use it?",
        ),
    }
}
