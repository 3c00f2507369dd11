//! Lists, newest first. <https://docs.stripe.com/api/pagination>

use std::ops::RangeInclusive;

use axum::{
    Json,
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};

use super::{ApiError, form::Form};

const LIMITS: RangeInclusive<usize> = 1..=100;
const DEFAULT_LIMIT: usize = 10;

/// How many are asked for.
pub(super) fn limit(query: &Form) -> Result<usize, ApiError> {
    let limit = query.number("limit")?.unwrap_or(DEFAULT_LIMIT);
    if LIMITS.contains(&limit) { Ok(limit) } else { Err(ApiError::no_number("limit")) }
}

/// The first of them, and whether there are more.
pub(super) fn page(url: &str, limit: usize, mut all: impl Iterator<Item = Value>) -> Response {
    let data: Vec<Value> = all.by_ref().take(limit).collect();
    let has_more = all.next().is_some();
    Json(json!({ "object": "list", "url": url, "has_more": has_more, "data": data })).into_response()
}
