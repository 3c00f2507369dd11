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
    /// When the bank will have done it; none once it has.
    pub(crate) settles_at: Option<DateTime<Utc>>,
}

impl Refund {
    /// The money went.
    pub(crate) fn went(&self) -> bool {
        self.settles_at.is_none()
    }

    pub(crate) fn status(&self) -> &'static str {
        if self.went() { "succeeded" } else { "pending" }
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
        })
    }
}
