//! Errors as Stripe tells them. <https://docs.stripe.com/api/errors>

use axum::{
    Json,
    http::{HeaderValue, StatusCode, header::RETRY_AFTER},
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};

use crate::intent::Intent;

/// One of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ApiError {
    pub(super) status: StatusCode,
    pub(super) error: Value,
    /// In seconds.
    retry_after: Option<u8>,
}

impl ApiError {
    fn new(status: StatusCode, error: Value) -> Self {
        Self { status, error, retry_after: None }
    }

    fn invalid(code: &str, param: &str, message: &str) -> Self {
        let error =
            json!({ "type": "invalid_request_error", "code": code, "param": param, "message": message });
        Self::new(StatusCode::BAD_REQUEST, error)
    }

    fn plain(status: StatusCode, kind: &str, message: &str) -> Self {
        Self::new(status, json!({ "type": kind, "message": message }))
    }

    pub(super) fn no_key() -> Self {
        let message = "You did not provide an API key, as Authorization: Bearer YOUR_SECRET_KEY.";
        Self::plain(StatusCode::UNAUTHORIZED, "invalid_request_error", message)
    }

    pub(super) fn wrong_key() -> Self {
        Self::plain(StatusCode::UNAUTHORIZED, "invalid_request_error", "Invalid API Key provided.")
    }

    pub(super) fn unknown_url() -> Self {
        Self::plain(StatusCode::NOT_FOUND, "invalid_request_error", "Unrecognized request URL.")
    }

    pub(super) fn missing(param: &str) -> Self {
        Self::invalid("parameter_missing", param, &format!("Missing required param: {param}."))
    }

    pub(super) fn unknown_parameter(param: &str) -> Self {
        Self::invalid("parameter_unknown", param, &format!("Received unknown parameter: {param}"))
    }

    pub(super) fn no_number(param: &str) -> Self {
        Self::invalid(
            "parameter_invalid_integer",
            param,
            &format!("Invalid integer or out of range: {param}"),
        )
    }

    pub(super) fn wrong_value(param: &str) -> Self {
        Self::invalid("parameter_invalid_value", param, &format!("Invalid value for {param}"))
    }

    pub(super) fn no_such(what: &str, param: &str, id: &str) -> Self {
        let missing = Self::invalid("resource_missing", param, &format!("No such {what}: '{id}'"));
        Self { status: StatusCode::NOT_FOUND, ..missing }
    }

    /// What is asked for can't be done to the charge as it stands.
    pub(super) fn unexpected_state(intent: &Intent) -> Self {
        let message = format!("This PaymentIntent's status is {:?}.", intent.status);
        let error = json!({
            "type": "invalid_request_error",
            "code": "payment_intent_unexpected_state",
            "message": message,
            "payment_intent": intent.object(),
        });
        Self::new(StatusCode::BAD_REQUEST, error)
    }

    /// Nothing of the charge is left to be given back, or not so much.
    pub(super) fn already_refunded() -> Self {
        let message = "The refund is greater than what is left of the charge.";
        Self::invalid("charge_already_refunded", "amount", message)
    }

    pub(super) fn declined(intent: &Intent) -> Self {
        let mut error = intent.error.map(crate::behaviour::Decline::error).unwrap_or_default();
        error["payment_intent"] = intent.object();
        Self::new(StatusCode::PAYMENT_REQUIRED, error)
    }

    pub(super) fn key_reused() -> Self {
        let message = "Keys for idempotent requests can only be used with the same parameters they were first used with.";
        Self::plain(StatusCode::BAD_REQUEST, "idempotency_error", message)
    }

    pub(super) fn key_in_use() -> Self {
        let message = "Another request with this Idempotency-Key is still in progress.";
        let error =
            json!({ "type": "idempotency_error", "code": "idempotency_key_in_use", "message": message });
        Self::new(StatusCode::CONFLICT, error)
    }

    pub(super) fn busy() -> Self {
        Self::plain(StatusCode::SERVICE_UNAVAILABLE, "api_error", "Come back later.")
    }

    pub(super) fn broken() -> Self {
        Self::plain(StatusCode::INTERNAL_SERVER_ERROR, "api_error", "Something went wrong.")
    }

    pub(super) fn too_fast() -> Self {
        let error = json!({ "type": "invalid_request_error", "code": "rate_limit", "message": "Too fast." });
        Self { retry_after: Some(1), ..Self::new(StatusCode::TOO_MANY_REQUESTS, error) }
    }

    pub(super) fn body(&self) -> Value {
        json!({ "error": self.error })
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let mut response = (self.status, Json(self.body())).into_response();
        if let Some(seconds) = self.retry_after {
            response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(u16::from(seconds)));
        }
        response
    }
}
