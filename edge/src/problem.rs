//! RFC 9457 problem details, the one form of every error.

mod from;
mod general;
mod refusals;
mod render;
mod schema;

use std::fmt;

use serde_json::{Map, Value};

pub use schema::{FieldError, ProblemBody, QueryError};

/// An error as the caller sees it.
///
/// Made by the constructors in this module, one per name in the public contract. What went wrong inside is kept for the
/// log (see [`Problem::internal`]) and never rendered.
#[derive(Clone)]
pub struct Problem {
    kind: Box<Kind>,
}

#[derive(Clone)]
struct Kind {
    name: &'static str,
    title: &'static str,
    status: http::StatusCode,
    detail: String,
    members: Map<String, Value>,
    retry_after: Option<u64>,
    headers: Vec<(http::HeaderName, http::HeaderValue)>,
    cause: Option<String>,
}

impl Problem {
    fn new(
        status: http::StatusCode,
        name: &'static str,
        title: &'static str,
        detail: impl Into<String>,
    ) -> Self {
        let kind = Kind {
            name,
            title,
            status,
            detail: detail.into(),
            members: Map::new(),
            retry_after: None,
            headers: Vec::new(),
            cause: None,
        };
        Self { kind: Box::new(kind) }
    }

    /// A refusal that the constructors here do not know: `name` is the end of its `type`.
    ///
    /// The name becomes part of the public contract.
    #[must_use]
    pub fn conflict(name: &'static str, title: &'static str, detail: impl Into<String>) -> Self {
        Self::new(http::StatusCode::CONFLICT, name, title, detail)
    }

    /// Adds a member beside the standard ones.
    #[must_use]
    pub fn with(mut self, member: &str, value: impl Into<Value>) -> Self {
        self.kind.members.insert(member.to_owned(), value.into());
        self
    }

    /// Says why, in words that suit this case better than the default.
    #[must_use]
    pub fn because(mut self, detail: impl Into<String>) -> Self {
        self.kind.detail = detail.into();
        self
    }

    fn retry_after(mut self, seconds: u64) -> Self {
        self.kind.retry_after = Some(seconds);
        self
    }

    fn caused_by(mut self, cause: impl fmt::Display) -> Self {
        self.kind.cause = Some(cause.to_string());
        self
    }

    pub(crate) fn with_header(mut self, name: http::HeaderName, value: http::HeaderValue) -> Self {
        self.kind.headers.push((name, value));
        self
    }

    /// The HTTP status.
    #[must_use]
    pub fn status(&self) -> http::StatusCode {
        self.kind.status
    }

    /// The end of the problem's `type`.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.kind.name
    }

    pub(crate) fn cause(&self) -> Option<&str> {
        self.kind.cause.as_deref()
    }
}

impl fmt::Debug for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Details may quote what the caller sent.
        f.debug_struct("Problem")
            .field("status", &self.kind.status)
            .field("name", &self.kind.name)
            .finish_non_exhaustive()
    }
}
