//! The problem as OpenAPI describes it.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// RFC 9457 problem details, sent as `application/problem+json`.
///
/// Further members depend on `type`; a client must ignore those it does not know.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = Problem)]
pub struct ProblemBody {
    /// What happened; the same for every occurrence.
    #[schema(example = "urn:stagedoor:problem:not-found")]
    pub r#type: String,
    /// The type in words.
    pub title: String,
    /// The HTTP status.
    #[schema(minimum = 400, maximum = 599)]
    pub status: u16,
    /// What happened this time.
    pub detail: String,
    /// The `X-Request-Id` of the answer: name it when you ask for help.
    pub request_id: String,
    /// For `type` `…:invalid`: every broken rule.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<BrokenRule>,
}

/// A broken rule of shape: `pointer` for bodies, `parameter` for queries.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct BrokenRule {
    /// Where in the body, as a JSON pointer (RFC 6901).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pointer: Option<String>,
    /// Which query parameter.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parameter: Option<String>,
    /// The rule.
    pub detail: String,
}

/// A broken rule of a body.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FieldError {
    /// JSON pointer (RFC 6901), such as `/items/0/quantity`.
    pub pointer: String,
    /// The rule, in words.
    pub detail: String,
}

impl FieldError {
    /// At `pointer`, the rule `detail` is broken.
    pub fn new(pointer: impl Into<String>, detail: impl Into<String>) -> Self {
        Self { pointer: pointer.into(), detail: detail.into() }
    }
}

/// A broken rule of a query.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct QueryError {
    /// The query parameter's name.
    pub parameter: String,
    /// The rule, in words.
    pub detail: String,
}
