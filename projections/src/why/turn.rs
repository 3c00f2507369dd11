//! What happened to a seat.

use chrono::{DateTime, Utc};
use domain::{InventoryEvent, ReleaseReason, SeatState, ShowEvent};
use event_store::{Position, RecordedEvent};
use serde::Serialize;
use uuid::Uuid;

/// What happened to a seat, or to the show as a whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Turn {
    /// Where in the log it stands.
    pub position: Position,
    /// The event's type.
    pub r#type: String,
    /// What happened, in words that are for people and may change.
    pub description: &'static str,
    /// The order that had the seat from then on, or until then.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub order_id: Option<Uuid>,
    /// Whose order it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_id: Option<Uuid>,
    /// Until when it was held.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<DateTime<Utc>>,
    /// Who asked for it; absent where a process or a provider did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub actor_id: Option<Uuid>,
    /// When.
    pub recorded_at: DateTime<Utc>,
}

impl Turn {
    pub(super) fn of_show(event: &RecordedEvent, what: &ShowEvent) -> Self {
        let description = match what {
            ShowEvent::ShowScheduled { .. } => "The show was planned.",
            ShowEvent::ShowRevised { .. } => "The show was changed.",
            ShowEvent::ShowPublished {} => "The show went on sale.",
            ShowEvent::ShowClosed {} => "The show was closed.",
            ShowEvent::ShowCancelled {} => "The show was cancelled.",
        };
        Self::new(event, description)
    }

    pub(super) fn of_seat(event: &RecordedEvent, what: &InventoryEvent) -> Self {
        let (description, customer, until) = match what {
            InventoryEvent::SeatsReserved { customer, until, .. } => ("Held.", customer, Some(*until)),
            InventoryEvent::SeatsCommitted { customer, .. } => ("Sold.", customer, None),
            InventoryEvent::SeatsReleased { customer, were, reason, .. } => {
                (released(*were, *reason), customer, None)
            }
        };
        let (order_id, user_id) = (Some(what.order().uuid()), Some(customer.uuid()));
        Self { order_id, user_id, until, ..Self::new(event, description) }
    }

    fn new(event: &RecordedEvent, description: &'static str) -> Self {
        Self {
            position: event.position,
            r#type: event.event_type.clone(),
            description,
            order_id: None,
            user_id: None,
            until: None,
            actor_id: event.metadata().ok().and_then(|metadata| metadata.actor),
            recorded_at: event.recorded_at,
        }
    }
}

const fn released(were: SeatState, reason: ReleaseReason) -> &'static str {
    match (were, reason) {
        (SeatState::Held, ReleaseReason::Cancelled) => "No longer held: the order was cancelled.",
        (SeatState::Held, ReleaseReason::Expired) => "No longer held: nobody had paid in time.",
        (SeatState::Held, ReleaseReason::PaymentFailed) => "No longer held: the payment failed.",
        (SeatState::Held, ReleaseReason::Refunded) => "No longer held: the order is paid back.",
        (SeatState::Sold, ReleaseReason::Cancelled) => "On sale again: the order was cancelled.",
        (SeatState::Sold, ReleaseReason::Expired) => "On sale again: the order expired.",
        (SeatState::Sold, ReleaseReason::PaymentFailed) => "On sale again: the payment failed.",
        (SeatState::Sold, ReleaseReason::Refunded) => "On sale again: the order is paid back.",
    }
}
