//! How the projections are doing.

use chrono::{DateTime, Utc};
use event_store::{Position, events_at};
use serde::Serialize;
use sqlx::{FromRow, PgConnection};
use utoipa::ToSchema;

use crate::checkpoint::ProjectionState;

/// How a projection is doing.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = Projection)]
pub struct ProjectionStatus {
    /// Its name.
    pub name: String,
    /// The last event it has seen.
    #[schema(value_type = i64)]
    pub position: Position,
    /// The last event there is.
    #[schema(value_type = i64)]
    pub head: Position,
    /// How many events it has not seen.
    pub lag_events: i64,
    /// For how many seconds the oldest of them has been waiting; 0 if there is none.
    pub lag_seconds: f64,
    /// What it is doing.
    pub state: ProjectionState,
    /// Why it stopped.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Entities that stand still because an event could not be applied.
    pub parked: i64,
    /// When it last moved.
    pub updated_at: DateTime<Utc>,
}

#[derive(FromRow)]
struct Row {
    name: String,
    position: Position,
    state: ProjectionState,
    reason: Option<String>,
    parked: i64,
    updated_at: DateTime<Utc>,
    now: DateTime<Utc>,
}

/// Every projection that has a checkpoint, by name.
///
/// # Errors
/// The database's own.
pub async fn list(connection: &mut PgConnection) -> Result<Vec<ProjectionStatus>, sqlx::Error> {
    let rows: Vec<Row> = sqlx::query_as(include_str!("sql/status.sql")).fetch_all(&mut *connection).await?;
    let head = event_store::head(&mut *connection).await?.position;
    let next: Vec<Position> = rows.iter().map(|row| row.position + 1).collect();
    let oldest = events_at(connection, &next).await?;
    let status = |row: Row| {
        let waiting = oldest.iter().find(|event| event.position == row.position + 1);
        let since = waiting.map(|event| (row.now - event.recorded_at).as_seconds_f64().max(0.0));
        ProjectionStatus {
            lag_events: (head - row.position).max(0),
            lag_seconds: since.unwrap_or_default(),
            name: row.name,
            position: row.position,
            head,
            state: row.state,
            reason: row.reason,
            parked: row.parked,
            updated_at: row.updated_at,
        }
    };
    Ok(rows.into_iter().map(status).collect())
}
