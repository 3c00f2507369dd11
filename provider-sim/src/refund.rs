//! Money given back. <https://docs.stripe.com/api/refunds/object>

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// What is kept of one. Read again at every start: a member may be added with a default, never renamed.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Refund {
    pub(crate) id: String,
    pub(crate) intent: String,
    pub(crate) created: DateTime<Utc>,
    /// In minor units.
    pub(crate) amount: i64,
    pub(crate) currency: String,
    pub(crate) metadata: BTreeMap<String, String>,
    /// When the bank will have decided; none once it has.
    pub(crate) settles_at: Option<DateTime<Utc>>,
    /// The bank's decision: the money comes back.
    #[serde(default)]
    pub(crate) fails: bool,
}

impl Refund {
    /// The money went.
    pub(crate) fn went(&self) -> bool {
        self.settles_at.is_none() && !self.fails
    }

    pub(crate) fn status(&self) -> &'static str {
        match (self.settles_at, self.fails) {
            (Some(_), _) => "pending",
            (None, true) => "failed",
            (None, false) => "succeeded",
        }
    }

    /// As it is shown.
    pub(crate) fn object(&self) -> Value {
        json!({
            "id": self.id,
            "object": "refund",
            "amount": self.amount,
            "currency": self.currency,
            "created": self.created.timestamp(),
            "metadata": self.metadata,
            "payment_intent": self.intent,
            "status": self.status(),
            "failure_reason": (self.status() == "failed").then_some("expired_or_canceled_card"),
        })
    }
}

/// What of a charge has gone or is about to go, in minor units.
pub(crate) fn gone(refunds: &[Refund]) -> i64 {
    refunds.iter().filter(|refund| refund.status() != "failed").map(|refund| refund.amount).sum()
}
