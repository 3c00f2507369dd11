//! Stripe's objects, as far as they matter here. Unknown members are passed over: Stripe adds some at any time.

use std::collections::HashMap;

use domain::PaymentId;
use faultpoint::{Sabotage, sabotaged};
use serde::Deserialize;

use crate::{ChargeState, ClientSecret, RefundState};

/// One page of a list.
#[derive(Debug, Deserialize)]
pub(super) struct Listed<T> {
    pub(super) data: Vec<T>,
    #[serde(default)]
    pub(super) has_more: bool,
}

/// A `PaymentIntent`.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Intent {
    pub(super) id: String,
    pub(super) status: String,
    pub(super) amount: i64,
    #[serde(default)]
    amount_received: Option<i64>,
    pub(super) currency: String,
    #[serde(default)]
    client_secret: Option<ClientSecret>,
    #[serde(default)]
    metadata: HashMap<String, String>,
    #[serde(default)]
    last_payment_error: Option<Fault>,
    #[serde(default)]
    latest_charge: Option<LatestCharge>,
}

/// The attempt that took the money: its id, or all of it where that was asked for.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
enum LatestCharge {
    Whole { amount_refunded: i64 },
    Other(serde::de::IgnoredAny),
}

/// Why something was not done.
#[derive(Debug, Clone, Default, Deserialize)]
pub(super) struct Fault {
    #[serde(default)]
    pub(super) code: Option<String>,
    #[serde(default)]
    pub(super) decline_code: Option<String>,
    #[serde(default)]
    pub(super) message: Option<String>,
    #[serde(default)]
    pub(super) payment_intent: Option<Box<Intent>>,
}

impl Fault {
    /// The most telling of its words.
    pub(super) fn reason(&self) -> String {
        let words = [&self.decline_code, &self.code, &self.message];
        words.into_iter().flatten().next().cloned().unwrap_or_else(|| "declined".to_owned())
    }
}

impl Intent {
    pub(super) fn payment(&self) -> Option<PaymentId> {
        self.metadata.get("payment_id")?.parse().ok()
    }

    pub(super) fn is_paid(&self) -> bool {
        self.status == "succeeded"
    }

    /// What was taken.
    pub(super) fn taken(&self) -> i64 {
        self.amount_received.filter(|amount| *amount > 0).unwrap_or(self.amount)
    }

    /// Nobody needs to ask for its refunds.
    pub(super) fn gave_nothing_back(&self) -> bool {
        match self.latest_charge {
            Some(LatestCharge::Whole { amount_refunded }) => amount_refunded == 0,
            Some(LatestCharge::Other(_)) | None => false,
        }
    }

    /// Tried, and in vain.
    pub(super) fn is_declined(&self) -> bool {
        self.status == "requires_payment_method" && self.last_payment_error.is_some()
    }

    pub(super) fn is_settled(&self) -> bool {
        self.is_paid() || self.status == "canceled"
    }

    pub(super) fn state(&self) -> ChargeState {
        let reference = self.id.clone();
        let reason = || self.last_payment_error.as_ref().map(Fault::reason);
        match self.status.as_str() {
            "succeeded" => ChargeState::Succeeded { reference },
            "canceled" => {
                ChargeState::Failed { reference, reason: reason().unwrap_or_else(|| "canceled".to_owned()) }
            }
            "requires_payment_method" => match reason() {
                Some(reason) => ChargeState::Failed { reference, reason },
                None => ChargeState::Pending { reference, client_secret: self.client_secret.clone() },
            },
            _ if sabotaged(Sabotage::UnknownIsSuccess) => ChargeState::Succeeded { reference },
            // Confirmation, an action of the customer's, processing, and whatever Stripe may add: not settled.
            _ => ChargeState::Pending { reference, client_secret: self.client_secret.clone() },
        }
    }
}

/// A `Refund`.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Refunded {
    pub(super) id: String,
    #[serde(default)]
    status: Option<String>,
    pub(super) amount: i64,
    #[serde(default)]
    failure_reason: Option<String>,
}

impl Refunded {
    /// The money went.
    pub(super) fn went(&self) -> bool {
        self.status.as_deref() == Some("succeeded")
    }

    /// The money went, or is about to.
    pub(super) fn counts(&self) -> bool {
        !matches!(self.status.as_deref(), Some("failed" | "canceled"))
    }

    pub(super) fn state(&self) -> RefundState {
        match self.status.as_deref() {
            Some("succeeded") => RefundState::Succeeded { reference: self.id.clone() },
            Some("failed" | "canceled") => {
                let reason = self.failure_reason.clone().unwrap_or_else(|| "failed".to_owned());
                RefundState::Failed { reason }
            }
            _ if sabotaged(Sabotage::UnknownIsSuccess) => {
                RefundState::Succeeded { reference: self.id.clone() }
            }
            // The bank's, the customer's turn, whatever Stripe may add, and not a word: not paid out.
            Some(_) | None => RefundState::Pending,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn refund(status: Option<&str>) -> RefundState {
        let refund = json!({"id": "re_1", "amount": 2_200, "status": status, "failure_reason": "lost"});
        serde_json::from_value::<Refunded>(refund).unwrap().state()
    }

    fn charge(status: &str) -> ChargeState {
        let intent = json!({"id": "pi_1", "status": status, "amount": 2_200, "currency": "eur"});
        serde_json::from_value::<Intent>(intent).unwrap().state()
    }

    #[test]
    fn only_what_is_called_a_success_is_one() {
        let reference = || "pi_1".to_owned();
        assert_eq!(charge("succeeded"), ChargeState::Succeeded { reference: reference() });
        for status in
            ["requires_payment_method", "requires_confirmation", "requires_action", "processing", "", "new"]
        {
            assert_eq!(charge(status), ChargeState::Pending { reference: reference(), client_secret: None });
        }
        assert_eq!(refund(Some("succeeded")), RefundState::Succeeded { reference: "re_1".into() });
        for status in [Some("pending"), Some("requires_action"), Some("new"), None] {
            assert_eq!(refund(status), RefundState::Pending, "{status:?}");
        }
        for status in ["failed", "canceled"] {
            assert_eq!(refund(Some(status)), RefundState::Failed { reason: "lost".into() });
        }
    }
}
