//! What operators see of processes, and what they can do about steps that are parked.

use chrono::{DateTime, Utc};
use event_store::Position;
use serde::Serialize;
use sqlx::{Connection, FromRow, PgConnection};
use uuid::Uuid;

/// How a process is doing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, FromRow)]
pub struct ProcessStatus {
    /// Its name.
    pub process: String,
    /// The last event it has read.
    pub position: Position,
    /// How many events it has not read.
    pub lag_events: i64,
    /// Steps that wait for their time or for another try.
    pub waiting: i64,
    /// Those of them that were tried in vain.
    pub retrying: i64,
    /// Steps that are not tried again by themselves.
    pub parked: i64,
    /// When the next step is due.
    pub next_due: Option<DateTime<Utc>>,
    /// Steps that take many commands, and how far they are.
    #[sqlx(skip)]
    pub under_way: Vec<StepUnderWay>,
}

/// Where a process' checkpoint stands.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct Standing {
    /// Its name.
    pub process: String,
    /// The last event it has read.
    pub position: Position,
    /// The log that it has read.
    pub log_id: Uuid,
    /// Steps that are not tried again by themselves.
    pub parked: i64,
}

/// A step that takes many commands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, FromRow)]
pub struct StepUnderWay {
    /// Whose step it is.
    #[serde(skip)]
    pub process: String,
    /// What it is done to.
    pub target: Uuid,
    /// What is done.
    pub step: String,
    /// How far it is, for people.
    pub progress: String,
}

/// A step that is not tried again by itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, FromRow)]
pub struct ParkedStep {
    /// Whose step it is.
    pub process: String,
    /// What it is done to.
    pub target: Uuid,
    /// What is done.
    pub step: String,
    /// The event that led to it.
    pub cause: Uuid,
    /// How often it was tried.
    pub attempts: i32,
    /// Why it is parked.
    pub reason: String,
}

/// What is done about a parked step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Intervention {
    /// It is tried again, with a new budget.
    Retry,
    /// It is given up: what it was to do is done by hand, or not at all.
    Skip,
}

/// Which parked steps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Chosen<'a> {
    /// Whose.
    pub process: &'a str,
    /// What they are done to; all without.
    pub target: Option<Uuid>,
}

impl Intervention {
    /// As it is recorded.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Retry => "retry",
            Self::Skip => "skip",
        }
    }
}

/// Every process that has a checkpoint, by name.
///
/// # Errors
/// The database's own.
pub async fn list(connection: &mut PgConnection) -> Result<Vec<ProcessStatus>, sqlx::Error> {
    let head = event_store::head(&mut *connection).await?.position;
    let mut found: Vec<ProcessStatus> =
        sqlx::query_as(include_str!("sql/list.sql")).bind(head).fetch_all(&mut *connection).await?;
    let under_way: Vec<StepUnderWay> =
        sqlx::query_as(include_str!("sql/under_way.sql")).fetch_all(connection).await?;
    for step in under_way {
        if let Some(process) = found.iter_mut().find(|process| process.process == step.process) {
            process.under_way.push(step);
        }
    }
    Ok(found)
}

/// Every checkpoint there is.
///
/// # Errors
/// The database's own.
pub async fn standings(connection: &mut PgConnection) -> Result<Vec<Standing>, sqlx::Error> {
    sqlx::query_as(include_str!("sql/standing.sql")).fetch_all(connection).await
}

/// Does what a process does when it starts: one that has read another log, or beyond the end of this one, begins at this
/// one's first event, and its steps, which follow from what this log does not hold, are forgotten.
///
/// # Errors
/// The database's own.
pub async fn recheck(connection: &mut PgConnection) -> Result<(), sqlx::Error> {
    let mut transaction = connection.begin().await?;
    sqlx::query(include_str!("sql/lock_checkpoints.sql")).execute(&mut *transaction).await?;
    // Not before the checkpoints: processes that work read on until these are locked.
    let head = event_store::head(&mut transaction).await?;
    let recheck = sqlx::query(include_str!("sql/refuse_checkpoints.sql"));
    recheck.bind(head.log_id).bind(head.position).execute(&mut *transaction).await?;
    transaction.commit().await
}

/// Parked steps, at most 1,000; of one process, or of all.
///
/// # Errors
/// The database's own.
pub async fn parked(
    connection: &mut PgConnection,
    process: Option<&str>,
) -> Result<Vec<ParkedStep>, sqlx::Error> {
    sqlx::query_as(include_str!("sql/parked_steps.sql")).bind(process).fetch_all(connection).await
}

/// Does something about parked steps, and records who did it and why in the same transaction: how many there were.
///
/// # Errors
/// The database's own.
pub async fn intervene(
    connection: &mut PgConnection,
    chosen: Chosen<'_>,
    intervention: Intervention,
    why: &str,
) -> Result<u64, sqlx::Error> {
    let statement = match intervention {
        Intervention::Retry => include_str!("sql/retry_parked.sql"),
        Intervention::Skip => include_str!("sql/skip_parked.sql"),
    };
    let mut transaction = connection.begin().await?;
    sqlx::query(include_str!("sql/record_intervention.sql"))
        .bind(chosen.process)
        .bind(chosen.target)
        .bind(intervention.as_str())
        .bind(why)
        .execute(&mut *transaction)
        .await?;
    let done =
        sqlx::query(statement).bind(chosen.process).bind(chosen.target).execute(&mut *transaction).await?;
    transaction.commit().await?;
    Ok(done.rows_affected())
}
