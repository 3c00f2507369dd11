//! What Stripe tells by itself. <https://docs.stripe.com/api/events/types>

use domain::PaymentId;
use serde::Deserialize;

use super::objects::Intent;
use crate::ChargeState;

/// News of a charge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// The event's own id; the same however often it is sent.
    pub id: String,
    /// The payment; none if it is not one of ours.
    pub payment: Option<PaymentId>,
    /// Where the charge stands; none if the event is about something else.
    pub state: Option<ChargeState>,
}

/// The body is not an event of Stripe's.
#[derive(Debug, thiserror::Error)]
#[error("not an event: {0}")]
pub struct NoticeError(#[from] serde_json::Error);

#[derive(Deserialize)]
struct Event {
    id: String,
    #[serde(rename = "type")]
    kind: String,
    data: Data,
}

#[derive(Deserialize)]
struct Data {
    object: serde_json::Value,
}

/// Reads an event whose signature was checked.
///
/// # Errors
/// The body is none.
pub fn notice(body: &[u8]) -> Result<Notice, NoticeError> {
    let Event { id, kind, data } = serde_json::from_slice(body)?;
    let about_an_intent = matches!(
        kind.as_str(),
        "payment_intent.succeeded" | "payment_intent.payment_failed" | "payment_intent.canceled"
    );
    if !about_an_intent {
        return Ok(Notice { id, payment: None, state: None });
    }
    let intent: Intent = serde_json::from_value(data.object)?;
    Ok(Notice { id, payment: intent.payment(), state: Some(intent.state()) })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(kind: &str, status: &str, error: &str) -> Vec<u8> {
        format!(
            r#"{{"id":"evt_1","object":"event","type":"{kind}","data":{{"object":{{"id":"pi_1","status":"{status}",
            "amount":100,"currency":"eur","metadata":{{"payment_id":"0199f3c1-0000-7000-8000-000000000001"}},
            "last_payment_error":{error}}}}}}}"#
        )
        .into_bytes()
    }

    #[test]
    fn each_kind_of_news_says_where_the_charge_stands() {
        let reference = || "pi_1".to_owned();
        let succeeded = notice(&event("payment_intent.succeeded", "succeeded", "null")).unwrap();
        assert_eq!(succeeded.state, Some(ChargeState::Succeeded { reference: reference() }));
        assert!(succeeded.payment.is_some());
        let error = r#"{"code":"card_declined","decline_code":"insufficient_funds"}"#;
        let failed =
            notice(&event("payment_intent.payment_failed", "requires_payment_method", error)).unwrap();
        let reason = "insufficient_funds".to_owned();
        assert_eq!(failed.state, Some(ChargeState::Failed { reference: reference(), reason }));
    }

    #[test]
    fn what_is_about_something_else_is_no_error() {
        let other = notice(br#"{"id":"evt_2","type":"customer.created","data":{"object":{}}}"#).unwrap();
        assert_eq!(other, Notice { id: "evt_2".to_owned(), payment: None, state: None });
        assert!(notice(b"[]").is_err());
    }
}
