//! How the projections are doing.

use chrono::{DateTime, Utc};
use event_store::{Position, events_at};
use serde::Serialize;
use sqlx::{FromRow, PgConnection};
use utoipa::ToSchema;

use crate::{
    checkpoint::ProjectionState,
    rebuild::{Purpose, lease_name},
};

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
    /// The version of the fold that made it; of an older one until it is rebuilt.
    pub version: i32,
    /// What is made beside it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shadow: Option<ShadowStatus>,
}

/// A read model that is made anew beside the one that is read.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = ProjectionShadow)]
pub struct ShadowStatus {
    /// `rebuild`: to be read instead; `verify`: to be compared; `retired`: was read, and is about to be emptied.
    pub purpose: Purpose,
    /// The last event it has seen.
    #[schema(value_type = i64)]
    pub position: Position,
    /// The version of the fold that makes it.
    pub version: i32,
    /// Whether somebody is at work; what was left behind is taken up by the next run.
    pub active: bool,
    /// How many events a second it takes.
    pub events_per_second: f64,
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
    version: i32,
    #[sqlx(flatten)]
    shadow: ShadowRow,
}

#[derive(FromRow)]
struct ShadowRow {
    purpose: Option<Purpose>,
    shadow_position: Option<Position>,
    shadow_version: Option<i32>,
    active: bool,
    rate: Option<f64>,
}

impl ShadowRow {
    fn status(&self) -> Option<ShadowStatus> {
        Some(ShadowStatus {
            purpose: self.purpose?,
            position: self.shadow_position?,
            version: self.shadow_version?,
            active: self.active,
            events_per_second: self.rate.unwrap_or_default(),
        })
    }

    fn is_being_rebuilt(&self) -> bool {
        self.active && self.purpose == Some(Purpose::Rebuild)
    }
}

impl Row {
    /// What it is doing, also beside what is read.
    fn state(&self) -> ProjectionState {
        let is_rebuilt = self.state == ProjectionState::Running && self.shadow.is_being_rebuilt();
        if is_rebuilt { ProjectionState::Rebuilding } else { self.state }
    }
}

/// Every projection that has a checkpoint, by name.
///
/// # Errors
/// The database's own.
pub async fn list(connection: &mut PgConnection) -> Result<Vec<ProjectionStatus>, sqlx::Error> {
    let lease = lease_name("");
    let rows: Vec<Row> =
        sqlx::query_as(include_str!("sql/status.sql")).bind(lease).fetch_all(&mut *connection).await?;
    let head = event_store::head(&mut *connection).await?.position;
    let next: Vec<Position> = rows.iter().map(|row| row.position + 1).collect();
    let oldest = events_at(connection, &next).await?;
    let status = |row: Row| {
        let waiting = oldest.iter().find(|event| event.position == row.position + 1);
        let since = waiting.map(|event| (row.now - event.recorded_at).as_seconds_f64().max(0.0));
        let state = row.state();
        ProjectionStatus {
            lag_events: (head - row.position).max(0),
            lag_seconds: since.unwrap_or_default(),
            name: row.name,
            position: row.position,
            head,
            state,
            reason: row.reason,
            parked: row.parked,
            updated_at: row.updated_at,
            version: row.version,
            shadow: row.shadow.status(),
        }
    };
    Ok(rows.into_iter().map(status).collect())
}
