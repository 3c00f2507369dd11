//! Bodies: read within their bound, before anything else is looked at.

use std::error::Error;

use axum::{
    body::{Body, Bytes},
    extract::{FromRequest, Request},
};
use http::{HeaderMap, header};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use serde_json::Value;

use super::shape::{self, Shape};
use crate::{Problem, context::BODY_LIMIT, serve::TooSlow};

/// The body of a request that needs no credentials, such as a sign-up.
#[derive(Debug, Clone)]
pub struct JsonBody<T>(pub T);

/// The body as it was sent, for callers who sign its bytes.
#[derive(Debug, Clone)]
pub struct RawBody(pub Bytes);

/// A body whose bytes were signed, once the signature was checked.
#[derive(Debug, Clone)]
pub struct SignedBody<T>(pub T);

impl<T: Shape> SignedBody<T> {
    /// Reads bytes that came as a [`RawBody`].
    ///
    /// # Errors
    /// As for [`JsonBody`].
    pub fn read(headers: &HeaderMap, bytes: &Bytes) -> Result<Self, Problem> {
        shape::check(&parse::<T>(headers, bytes)?).map(Self)
    }
}

impl<S: Send + Sync, T: Shape> FromRequest<S> for JsonBody<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, _state: &S) -> Result<Self, Problem> {
        let (parts, body) = request.into_parts();
        let bytes = read(&parts.headers, body).await?;
        shape::check(&parse::<T>(&parts.headers, &bytes)?).map(Self)
    }
}

impl<S: Send + Sync> FromRequest<S> for RawBody {
    type Rejection = Problem;

    async fn from_request(request: Request, _state: &S) -> Result<Self, Problem> {
        let (parts, body) = request.into_parts();
        read(&parts.headers, body).await.map(Self)
    }
}

/// Reads a body, or refuses it by its declared length before reading.
pub(super) async fn read(headers: &HeaderMap, body: Body) -> Result<Bytes, Problem> {
    let declared = headers.get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse().ok());
    if declared.is_some_and(|length: usize| length > BODY_LIMIT) {
        return Err(Problem::body_too_large(BODY_LIMIT));
    }
    match Limited::new(body, BODY_LIMIT).collect().await {
        Ok(collected) => Ok(collected.to_bytes()),
        Err(error) if error.is::<LengthLimitError>() => Err(Problem::body_too_large(BODY_LIMIT)),
        Err(error) if is_too_slow(&*error) => Err(Problem::body_timeout()),
        Err(_) => Err(Problem::incomplete_body()),
    }
}

/// Whoever read the body may have wrapped what it says.
fn is_too_slow(error: &(dyn Error + 'static)) -> bool {
    error.is::<TooSlow>() || error.source().is_some_and(is_too_slow)
}

/// 415 and 400.
pub(super) fn parse<T: Shape>(headers: &HeaderMap, bytes: &Bytes) -> Result<Value, Problem> {
    if T::MAY_BE_EMPTY && bytes.is_empty() {
        return Ok(Value::Object(serde_json::Map::new()));
    }
    if !is_json(headers) {
        return Err(Problem::unsupported_media_type());
    }
    shape::parse(bytes)
}

fn is_json(headers: &HeaderMap) -> bool {
    let declared =
        headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let essence = declared.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    essence == "application/json" || (essence.starts_with("application/") && essence.ends_with("+json"))
}
