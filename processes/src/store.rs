//! Checkpoints and steps in Postgres.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use event_store::Position;
use serde::Serialize;
use sqlx::{Connection, FromRow, PgConnection};
use uuid::Uuid;

use crate::process::{Performed, Reaction, Step};

/// Steps tried in vain this often are parked.
const MAX_ATTEMPTS: i32 = 12;
/// The longest pause between two tries, in seconds.
const MAX_PAUSE_SECONDS: f64 = 300.0;
/// The pause after a try that failed because an engine was away, in seconds.
const UNAVAILABLE_PAUSE_SECONDS: f64 = 1.0;

/// A process as an operator sees it.
#[derive(Debug, Clone, PartialEq, Eq, FromRow, Serialize)]
pub struct ProcessStatus {
    /// Its name.
    pub process: String,
    /// How far it has read the log.
    pub position: Position,
    /// Steps that wait for their time, or to be tried again.
    pub waiting: i64,
    /// Steps that are not tried again by themselves.
    pub parked: i64,
}

/// All processes that ever ran.
///
/// # Errors
/// The database's own.
pub async fn list(connection: &mut PgConnection) -> Result<Vec<ProcessStatus>, sqlx::Error> {
    sqlx::query_as(include_str!("sql/list.sql")).fetch_all(connection).await
}

/// How far a process has read, as the holder of lease `token`. The first time, or if the checkpoint is of another
/// log, it is set to the log's beginning, and steps that were derived from that other log are dropped.
pub(crate) async fn checkpoint(
    connection: &mut PgConnection,
    process: &str,
    log_id: Uuid,
    token: i64,
) -> Result<Position, sqlx::Error> {
    let mut transaction = connection.begin().await?;
    let known: Option<(Position, Uuid)> = sqlx::query_as(include_str!("sql/checkpoint.sql"))
        .bind(process)
        .bind(token)
        .fetch_optional(&mut *transaction)
        .await?;
    let position = match known {
        Some((position, known)) if known == log_id => position,
        Some(_) | None => {
            sqlx::query(include_str!("sql/forget_steps.sql"))
                .bind(process)
                .execute(&mut *transaction)
                .await?;
            sqlx::query(include_str!("sql/restart.sql"))
                .bind(process)
                .bind(log_id)
                .bind(token)
                .execute(&mut *transaction)
                .await?;
            0
        }
    };
    transaction.commit().await?;
    Ok(position)
}

/// Records that a process has read from `from` to `to` and what followed. `false` if another worker has the lease.
pub(crate) async fn advance(
    connection: &mut PgConnection,
    process: &str,
    token: i64,
    (from, to): (Position, Position),
    reactions: &[(Uuid, Reaction)],
) -> Result<bool, sqlx::Error> {
    let mut transaction = connection.begin().await?;
    let fenced = sqlx::query(include_str!("sql/advance.sql"))
        .bind(process)
        .bind(token)
        .bind(from)
        .bind(to)
        .execute(&mut *transaction)
        .await?;
    if fenced.rows_affected() == 0 {
        return Ok(false);
    }
    let net = NetReactions::of(reactions);
    net.write(&mut transaction, process).await?;
    transaction.commit().await?;
    Ok(true)
}

/// A step's target and what is done to it.
type Name = (Uuid, &'static str);

/// The last word on each step of a page: a step scheduled and dropped within it never reaches the table.
struct NetReactions {
    scheduled: Vec<(Uuid, &'static str, Uuid, DateTime<Utc>)>,
    dropped: Vec<(Uuid, &'static str)>,
}

impl NetReactions {
    fn of(reactions: &[(Uuid, Reaction)]) -> Self {
        let mut last: BTreeMap<Name, Option<(Uuid, DateTime<Utc>)>> = BTreeMap::new();
        for (cause, reaction) in reactions {
            match reaction {
                Reaction::Schedule { target, step, due_at } => {
                    last.insert((*target, step), Some((*cause, *due_at)));
                }
                Reaction::Drop { target, step } => {
                    last.insert((*target, step), None);
                }
            }
        }
        let mut net = Self { scheduled: Vec::new(), dropped: Vec::new() };
        for ((target, step), scheduled) in last {
            match scheduled {
                Some((cause, due_at)) => net.scheduled.push((target, step, cause, due_at)),
                None => net.dropped.push((target, step)),
            }
        }
        net
    }

    async fn write(&self, connection: &mut PgConnection, process: &str) -> Result<(), sqlx::Error> {
        if !self.dropped.is_empty() {
            let (targets, steps): (Vec<Uuid>, Vec<&str>) = self.dropped.iter().copied().unzip();
            finish(connection, process, &targets, &steps).await?;
        }
        if self.scheduled.is_empty() {
            return Ok(());
        }
        sqlx::query(include_str!("sql/schedule.sql"))
            .bind(process)
            .bind(self.scheduled.iter().map(|step| step.0).collect::<Vec<_>>())
            .bind(self.scheduled.iter().map(|step| step.1).collect::<Vec<_>>())
            .bind(self.scheduled.iter().map(|step| step.2).collect::<Vec<_>>())
            .bind(self.scheduled.iter().map(|step| step.3).collect::<Vec<_>>())
            .execute(connection)
            .await
            .map(|_| ())
    }
}

/// The steps that are due at `now`, oldest first, at most `limit`.
pub(crate) async fn due(
    connection: &mut PgConnection,
    process: &str,
    now: DateTime<Utc>,
    limit: i64,
) -> Result<Vec<Step>, sqlx::Error> {
    sqlx::query_as(include_str!("sql/due.sql"))
        .bind(process)
        .bind(now)
        .bind(limit)
        .fetch_all(connection)
        .await
}

/// When the next step is due, if any waits.
pub(crate) async fn next_due(
    connection: &mut PgConnection,
    process: &str,
) -> Result<Option<DateTime<Utc>>, sqlx::Error> {
    sqlx::query_scalar(include_str!("sql/next_due.sql")).bind(process).fetch_one(connection).await
}

/// Records how steps ended: done ones are removed, others get their next time, and what failed too often is parked.
/// A step that was dropped meanwhile stays dropped.
pub(crate) async fn settle(
    connection: &mut PgConnection,
    process: &str,
    now: DateTime<Utc>,
    performed: &[(Step, Performed)],
) -> Result<(), sqlx::Error> {
    let (mut targets, mut steps) = (Vec::new(), Vec::new());
    for (step, outcome) in performed {
        match outcome {
            Performed::Done => {
                targets.push(step.target);
                steps.push(step.step.as_str());
            }
            Performed::NotBefore(due_at) => {
                postpone(connection, process, step, *due_at, step.attempts, None).await?;
            }
            Performed::Unavailable => {
                let due_at = now + seconds(UNAVAILABLE_PAUSE_SECONDS);
                postpone(connection, process, step, due_at, step.attempts, None).await?;
            }
            Performed::Failed(reason) => {
                tracing::warn!(process, target = %step.target, step = step.step, reason, "a step failed");
                let attempts = step.attempts + 1;
                let parked = (attempts >= MAX_ATTEMPTS).then_some(reason.as_str());
                postpone(connection, process, step, now + pause(attempts), attempts, parked).await?;
            }
        }
    }
    finish(connection, process, &targets, &steps).await
}

async fn finish(
    connection: &mut PgConnection,
    process: &str,
    targets: &[Uuid],
    steps: &[&str],
) -> Result<(), sqlx::Error> {
    if targets.is_empty() {
        return Ok(());
    }
    sqlx::query(include_str!("sql/finish.sql"))
        .bind(process)
        .bind(targets)
        .bind(steps)
        .execute(connection)
        .await
        .map(|_| ())
}

async fn postpone(
    connection: &mut PgConnection,
    process: &str,
    step: &Step,
    due_at: DateTime<Utc>,
    attempts: i32,
    parked: Option<&str>,
) -> Result<(), sqlx::Error> {
    sqlx::query(include_str!("sql/postpone.sql"))
        .bind(process)
        .bind(step.target)
        .bind(&step.step)
        .bind(due_at)
        .bind(attempts)
        .bind(parked)
        .execute(connection)
        .await
        .map(|_| ())
}

/// Doubles from 1 s, to a bound.
fn pause(attempts: i32) -> chrono::TimeDelta {
    seconds(2f64.powi(attempts.clamp(0, 30) - 1).min(MAX_PAUSE_SECONDS))
}

#[expect(clippy::cast_possible_truncation, reason = "pauses are at most minutes")]
fn seconds(seconds: f64) -> chrono::TimeDelta {
    chrono::TimeDelta::milliseconds((seconds * 1000.0) as i64)
}
