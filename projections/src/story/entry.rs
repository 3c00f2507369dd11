//! Something that happened to an order, as it is told.

use chrono::{DateTime, Utc};
use domain::PlacedOrder;
use event_store::Position;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    asked::{Asked, Step},
    seen::Seen,
    state::{HistoryState, Standing},
    words,
};

/// Something that happened to an order, or to what belongs to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct HistoryEntry {
    /// Where in the log it stands.
    #[schema(value_type = i64)]
    pub position: Position,
    /// The event's type.
    #[schema(example = "OrderPlaced")]
    pub r#type: String,
    /// What happened, in words that are for people and may change.
    #[schema(example = "The money came.")]
    pub description: String,
    /// Who did it.
    pub actor: HistoryActor,
    /// What was asked for. What one command came to stands side by side.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub command: Option<Asked>,
    /// Why it happened, in words that are for people and may change.
    #[schema(example = "The customer ordered.")]
    pub why: &'static str,
    /// The event that led to it, where a process reacted to one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cause: Option<HistoryCause>,
    /// When.
    pub recorded_at: DateTime<Utc>,
    /// How everything stood after it.
    pub state: HistoryState,
}

/// Who did something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct HistoryActor {
    /// In what capacity.
    pub kind: ActorKind,
    /// Who it was; absent for `system`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_id: Option<Uuid>,
    /// The process that did it; absent where somebody did, or a provider told.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "hold-expiry")]
    pub process: Option<&'static str>,
}

/// In what capacity somebody did something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ActorKind {
    /// The customer whose order it is.
    Customer,
    /// Somebody who works for the box office or the organizer.
    Staff,
    /// Nobody: time went by, or a provider told.
    System,
}

/// An event that led to others.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct HistoryCause {
    /// Where in the log it stands.
    #[schema(value_type = i64)]
    pub position: Position,
    /// Its type.
    #[schema(example = "OrderPlaced")]
    pub r#type: String,
}

impl HistoryEntry {
    pub(super) fn new(
        seen: &Seen,
        step: &Step<'_>,
        placed: &PlacedOrder,
        cause: Option<HistoryCause>,
        standing: &Standing,
    ) -> Self {
        let description = seen.event.as_ref().map(|event| words::of(event, standing));
        Self {
            position: seen.record.position,
            r#type: seen.record.event_type.clone(),
            description: description.unwrap_or_else(|| "This can't be read here.".to_owned()),
            actor: HistoryActor::of(step, placed),
            command: step.asked,
            why: step.why(placed),
            cause,
            recorded_at: seen.record.recorded_at,
            state: standing.told(),
        }
    }
}

impl HistoryActor {
    fn of(step: &Step<'_>, placed: &PlacedOrder) -> Self {
        let kind = match step.actor() {
            None => ActorKind::System,
            Some(user) if user == placed.customer => ActorKind::Customer,
            Some(_) => ActorKind::Staff,
        };
        Self { kind, user_id: step.actor().map(domain::UserId::uuid), process: step.process() }
    }
}
