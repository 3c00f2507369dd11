//! The answer to a command.

use std::fmt;

use axum::{
    Json,
    response::{IntoResponse, Response},
};
use http::{HeaderName, HeaderValue, StatusCode, header};
use serde::Serialize;

const POSITION: HeaderName = HeaderName::from_static("x-position");
const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");

/// The answer to a command or a query, with the headers that tell where in the log it stands.
#[derive(Debug, Clone)]
pub struct Answered<T> {
    status: StatusCode,
    body: T,
    position: Option<HeaderValue>,
    etag: Option<HeaderValue>,
    cache: Option<HeaderValue>,
    replayed: bool,
}

impl<T> Answered<T> {
    /// With any status; a replay answers with the first one.
    pub fn new(status: StatusCode, body: T) -> Self {
        Self { status, body, position: None, etag: None, cache: None, replayed: false }
    }

    /// 200.
    pub fn ok(body: T) -> Self {
        Self::new(StatusCode::OK, body)
    }

    /// 201.
    pub fn created(body: T) -> Self {
        Self::new(StatusCode::CREATED, body)
    }

    /// 202: accepted, and done later.
    pub fn accepted(body: T) -> Self {
        Self::new(StatusCode::ACCEPTED, body)
    }

    /// Adds `X-Position`.
    #[must_use]
    pub fn at(mut self, position: impl fmt::Display) -> Self {
        self.position = HeaderValue::try_from(position.to_string()).ok();
        self
    }

    /// Adds `ETag` with the resource's version, for a later `If-Match`.
    #[must_use]
    pub fn version(mut self, version: impl fmt::Display) -> Self {
        self.etag = HeaderValue::try_from(format!("\"{version}\"")).ok();
        self
    }

    /// Adds `Cache-Control`: it holds what is kept nowhere on its way.
    #[must_use]
    pub fn confidential(mut self) -> Self {
        self.cache = Some(HeaderValue::from_static("private, no-store"));
        self
    }

    /// Adds `Idempotency-Replayed: true` where this is the first answer once more.
    #[must_use]
    pub fn replayed(mut self, replayed: bool) -> Self {
        self.replayed = replayed;
        self
    }
}

impl<T: Serialize> IntoResponse for Answered<T> {
    fn into_response(self) -> Response {
        let mut response = (self.status, Json(self.body)).into_response();
        let replayed = self.replayed.then(|| HeaderValue::from_static("true"));
        let headers = [
            (POSITION, self.position),
            (header::ETAG, self.etag),
            (header::CACHE_CONTROL, self.cache),
            (REPLAYED, replayed),
        ];
        for (name, value) in headers {
            if let Some(value) = value {
                response.headers_mut().insert(name, value);
            }
        }
        response
    }
}
