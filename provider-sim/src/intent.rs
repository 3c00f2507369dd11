//! A charge, as Stripe calls and shows it: a `PaymentIntent`. <https://docs.stripe.com/api/payment_intents/object>

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::behaviour::Decline;

/// What is kept of one. Read again at every start: a member may be added with a default, never renamed.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Intent {
    pub(crate) id: String,
    pub(crate) created: DateTime<Utc>,
    /// In minor units.
    pub(crate) amount: i64,
    /// In lower case.
    pub(crate) currency: String,
    pub(crate) metadata: BTreeMap<String, String>,
    pub(crate) payment_method: Option<String>,
    pub(crate) status: Status,
    /// The last refusal of the bank.
    pub(crate) error: Option<Decline>,
    /// When and how the bank decides.
    pub(crate) settles: Option<Settles>,
    /// The money, once it was taken.
    pub(crate) capture: Option<Capture>,
}

/// The names are Stripe's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Status {
    RequiresPaymentMethod,
    RequiresConfirmation,
    RequiresAction,
    Processing,
    Succeeded,
    Canceled,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Settles {
    pub(crate) at: DateTime<Utc>,
    pub(crate) succeeds: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Capture {
    pub(crate) id: String,
    pub(crate) at: DateTime<Utc>,
}

impl Intent {
    /// The money is taken.
    pub(crate) fn succeed(&mut self, now: DateTime<Utc>) {
        self.status = Status::Succeeded;
        (self.error, self.settles) = (None, None);
        self.capture = Some(Capture { id: new_id("ch"), at: now });
    }

    /// The bank refuses; another card may be tried.
    pub(crate) fn decline(&mut self, why: Decline) {
        self.status = Status::RequiresPaymentMethod;
        (self.error, self.settles) = (Some(why), None);
    }

    /// Tried, and in vain.
    pub(crate) fn is_declined(&self) -> bool {
        self.status == Status::RequiresPaymentMethod && self.error.is_some()
    }

    /// It was asked for, and nobody knows yet whether the money is taken.
    pub(crate) fn is_undecided(&self) -> bool {
        match self.status {
            Status::RequiresAction | Status::Processing => true,
            Status::RequiresPaymentMethod
            | Status::RequiresConfirmation
            | Status::Succeeded
            | Status::Canceled => false,
        }
    }

    /// What was taken, in minor units.
    pub(crate) fn taken(&self) -> i64 {
        if self.capture.is_some() { self.amount } else { 0 }
    }

    /// As it is shown.
    pub(crate) fn object(&self) -> Value {
        json!({
            "id": self.id,
            "object": "payment_intent",
            "amount": self.amount,
            "amount_received": self.taken(),
            "currency": self.currency,
            "created": self.created.timestamp(),
            "livemode": false,
            "client_secret": format!("{}_secret_simulated", self.id),
            "metadata": self.metadata,
            "payment_method": self.payment_method,
            "payment_method_types": ["card"],
            "status": self.status,
            "latest_charge": self.capture.as_ref().map(|capture| &capture.id),
            "last_payment_error": self.error.map(Decline::error),
        })
    }
}

impl Decline {
    /// As Stripe tells it.
    pub(crate) fn error(self) -> Value {
        match self {
            Self::InsufficientFunds => json!({
                "type": "card_error",
                "code": "card_declined",
                "decline_code": "insufficient_funds",
                "message": "Your card has insufficient funds.",
            }),
            Self::CardDeclined => json!({
                "type": "card_error",
                "code": "card_declined",
                "message": "Your card was declined.",
            }),
        }
    }
}

/// A name that nothing else has, with the prefix that tells its kind.
pub(crate) fn new_id(prefix: &str) -> String {
    use rand::distr::{Alphanumeric, SampleString};
    format!("{prefix}_{}", Alphanumeric.sample_string(&mut rand::rng(), 24))
}
