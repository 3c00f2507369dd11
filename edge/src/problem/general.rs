//! Problems of HTTP itself: size, credentials, shape, preconditions, load.

use std::fmt;

use http::{HeaderValue, StatusCode, header};
use serde_json::{Value, json};

use super::{FieldError, Problem, QueryError};

/// Seconds after which a client may try again when an engine is away.
const ENGINE_BACK: u64 = 2;

impl Problem {
    /// 413: more bytes than a body may have.
    #[must_use]
    pub fn body_too_large(limit: usize) -> Self {
        let detail = format!("The body may have at most {limit} bytes.");
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, "body-too-large", "The body is too large", detail)
            .with("limit", limit as u64)
    }

    /// 408: the body did not come.
    #[must_use]
    pub fn body_timeout() -> Self {
        let detail = "The body did not arrive in time. Nothing was done; send the request again.";
        Self::new(StatusCode::REQUEST_TIMEOUT, "body-timeout", "The body did not arrive in time", detail)
    }

    /// 401: no credentials, or none that work.
    #[must_use]
    pub fn unauthenticated() -> Self {
        let detail = "Send a token from POST /v1/sessions as Authorization: Bearer <token>.";
        Self::new(StatusCode::UNAUTHORIZED, "unauthenticated", "Credentials are missing or not valid", detail)
            .with_header(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer realm=\"stagedoor\""))
    }

    /// 401 for a sign-in: callers can't tell an unknown address from a wrong password.
    #[must_use]
    pub fn wrong_credentials() -> Self {
        Self::unauthenticated().because("The e-mail address or the password is wrong.")
    }

    /// 403: known, but may not; one of these roles would do.
    #[must_use]
    pub fn forbidden(roles: &[identity::Role]) -> Self {
        let names: Vec<&str> = roles.iter().map(|role| role.as_str()).collect();
        let detail = format!("This needs the role {}.", names.join(" or "));
        Self::new(StatusCode::FORBIDDEN, "forbidden", "A role is missing", detail).with("roles", json!(names))
    }

    /// 400: not JSON.
    #[must_use]
    pub fn malformed_json(detail: impl fmt::Display) -> Self {
        let detail = format!("The body is not JSON: {detail}.");
        Self::new(StatusCode::BAD_REQUEST, "malformed-json", "The body is not JSON", detail)
    }

    /// 400: the connection ended before the body did.
    #[must_use]
    pub fn incomplete_body() -> Self {
        Self::new(StatusCode::BAD_REQUEST, "incomplete-body", "The body ended early", "The body ended early.")
    }

    /// 415: a body that does not call itself JSON.
    #[must_use]
    pub fn unsupported_media_type() -> Self {
        let detail = "Send the body as Content-Type: application/json.";
        Self::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "unsupported-media-type",
            "The body is of another type",
            detail,
        )
    }

    /// 422: JSON, but not what is asked for.
    #[must_use]
    pub fn invalid(errors: &[FieldError]) -> Self {
        Self::unprocessable(json!(errors))
    }

    /// 422: query parameters that are not what they should be.
    #[must_use]
    pub fn invalid_query(errors: &[QueryError]) -> Self {
        Self::unprocessable(json!(errors))
    }

    fn unprocessable(errors: Value) -> Self {
        let detail = "See errors for every broken rule.";
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid", "The request breaks rules", detail)
            .with("errors", errors)
    }

    /// 400: a command without its key.
    #[must_use]
    pub fn idempotency_key_missing() -> Self {
        let detail = "Send Idempotency-Key with 1 to 255 characters, a new one for each new request.";
        Self::new(
            StatusCode::BAD_REQUEST,
            "idempotency-key-missing",
            "The idempotency key is missing",
            detail,
        )
    }

    /// 422: the key belongs to another request.
    #[must_use]
    pub fn idempotency_key_reused() -> Self {
        let detail = "This Idempotency-Key was used for another method, path or body; send a new one.";
        Self::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "idempotency-key-reused",
            "The idempotency key was used for another request",
            detail,
        )
    }

    /// 404: unknown, another's, or no id at all; one body for all, so that nobody learns which.
    #[must_use]
    pub fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "not-found", "Not found", "There is nothing here for you.")
    }

    /// 405: the path exists, the method does not.
    #[must_use]
    pub fn method_not_allowed() -> Self {
        let detail = "See the Allow header for the methods of this path.";
        Self::new(StatusCode::METHOD_NOT_ALLOWED, "method-not-allowed", "Another method is needed", detail)
    }

    /// 428: a change without the version it rests on.
    #[must_use]
    pub fn precondition_required() -> Self {
        let detail = "Send If-Match with the version that you read, such as If-Match: \"3\".";
        Self::new(StatusCode::PRECONDITION_REQUIRED, "precondition-required", "If-Match is missing", detail)
    }

    /// 412: a change that rests on another version than the current one.
    #[must_use]
    pub fn precondition_failed() -> Self {
        let detail = "The resource has changed since you read it; read it again.";
        Self::new(StatusCode::PRECONDITION_FAILED, "precondition-failed", "If-Match is stale", detail)
    }

    /// 429: too many in too short a time.
    #[must_use]
    pub fn too_many_requests(retry_after_seconds: u64) -> Self {
        let detail = "Too many requests; see Retry-After.";
        Self::new(StatusCode::TOO_MANY_REQUESTS, "too-many-requests", "Too many requests", detail)
            .retry_after(retry_after_seconds)
    }

    /// 503: the queue of commands is full.
    #[must_use]
    pub fn queue_full() -> Self {
        let detail = "More requests wait than can be done in time; see Retry-After.";
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "queue-full", "Too much to do", detail).retry_after(1)
    }

    /// 503: an engine is away; `cause` goes to the log.
    #[must_use]
    pub fn engine_away(cause: impl fmt::Display) -> Self {
        let detail = "A part of the system is away for the moment; see Retry-After.";
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "engine-away", "Away for the moment", detail)
            .retry_after(ENGINE_BACK)
            .caused_by(cause)
    }

    /// 503: no answer in time. Whether a command was done is open: its key tells.
    #[must_use]
    pub fn timeout() -> Self {
        let detail = "There was no answer in time. A command may have been done: repeat it with the same Idempotency-Key.";
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "timeout", "No answer in time", detail).retry_after(1)
    }

    /// 503: the read model is behind `min_position`.
    #[must_use]
    pub fn projection_lagging(position: i64, min_position: i64) -> Self {
        let detail = "The read model has not come to min_position yet; see Retry-After.";
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "projection-lagging", "The read model is behind", detail)
            .with("position", position)
            .with("min_position", min_position)
            .retry_after(1)
    }

    /// 503: the resource's events are parked until an operator has looked.
    #[must_use]
    pub fn projection_parked() -> Self {
        let detail = "An event of this resource could not be applied; an operator has to look at it.";
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "projection-parked", "Waits for an operator", detail)
            .retry_after(60)
    }

    /// 500: our fault; `cause` goes to the log.
    #[must_use]
    pub fn internal(cause: impl fmt::Display) -> Self {
        let detail = "Something failed here. It is logged with this request_id.";
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", "Something failed", detail).caused_by(cause)
    }
}
