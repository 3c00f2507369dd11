//! What is told by itself: a webhook event. <https://docs.stripe.com/api/events/object>

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::{
    behaviour::Decline,
    intent::{Capture, Intent, new_id},
};

/// How long after an answer its notice goes, so that the answer is there first.
pub(crate) const AFTER: TimeDelta = TimeDelta::milliseconds(100);

/// One event, to be told until somebody has taken it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Notice {
    pub(crate) id: String,
    /// What it is about; notices of one are told one after the other.
    pub(crate) intent: String,
    /// What is sent, byte for byte.
    pub(crate) body: String,
    /// Not before.
    pub(crate) due: DateTime<Utc>,
    /// How often it is still to be told.
    pub(crate) copies: u32,
}

impl Notice {
    /// Where the charge stands.
    pub(crate) fn of(intent: &Intent, created: DateTime<Utc>) -> Option<Self> {
        use crate::intent::Status;
        let kind = match intent.status {
            Status::Succeeded => "payment_intent.succeeded",
            Status::Canceled => "payment_intent.canceled",
            Status::RequiresPaymentMethod if intent.error.is_some() => "payment_intent.payment_failed",
            Status::RequiresPaymentMethod
            | Status::RequiresConfirmation
            | Status::RequiresAction
            | Status::Processing => return None,
        };
        let id = new_id("evt");
        let event = json!({
            "id": id,
            "object": "event",
            "created": created.timestamp(),
            "livemode": false,
            "pending_webhooks": 1,
            "type": kind,
            "data": { "object": intent.object() },
        });
        let body = event.to_string();
        Some(Self { id, intent: intent.id.clone(), body, due: created, copies: 1 })
    }

    /// The wrong word that the card was declined, as of `created`.
    pub(crate) fn wrong(intent: &Intent, created: DateTime<Utc>) -> Option<Self> {
        let mut as_told = Intent { capture: None::<Capture>, ..intent.clone() };
        as_told.decline(Decline::CardDeclined);
        Self::of(&as_told, created)
    }

    pub(crate) fn due(self, due: DateTime<Utc>) -> Self {
        Self { due, ..self }
    }

    pub(crate) fn copies(self, copies: u32) -> Self {
        Self { copies, ..self }
    }
}
