//! Ids in paths.

use std::str::FromStr;

use axum::extract::{FromRequestParts, RawPathParams};
use http::request::Parts;

use crate::Problem;

/// The id in a path. A text that is no id is not found, like an id that is unknown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PathId<T>(pub T);

/// What a handler wants from the path: an id, or [`NoPath`].
pub trait FromPath: Sized {
    /// From the path's only parameter; 404 otherwise.
    fn from_path(parameter: Option<&str>) -> Result<Self, Problem>;
}

/// Of a path without parameters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoPath;

impl FromPath for NoPath {
    fn from_path(_parameter: Option<&str>) -> Result<Self, Problem> {
        Ok(Self)
    }
}

impl<T: FromStr> FromPath for T {
    fn from_path(parameter: Option<&str>) -> Result<Self, Problem> {
        parameter.and_then(|text| text.parse().ok()).ok_or_else(Problem::not_found)
    }
}

pub(super) async fn read<P: FromPath>(parts: &mut Parts) -> Result<P, Problem> {
    // Fails when a parameter is no UTF-8, and then it is no id either.
    let parameters = RawPathParams::from_request_parts(parts, &()).await.ok();
    P::from_path(parameters.as_ref().and_then(|all| all.iter().next()).map(|(_, value)| value))
}

impl<S: Send + Sync, T: FromStr> FromRequestParts<S> for PathId<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Problem> {
        read(parts).await.map(Self)
    }
}
