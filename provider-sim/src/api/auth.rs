//! Who may ask: whoever has the secret key.

use std::sync::Arc;

use axum::{
    extract::{Request, State},
    http::header::AUTHORIZATION,
    middleware::Next,
    response::{IntoResponse, Response},
};

use super::ApiError;
use crate::bank::Bank;

pub(super) async fn check(State(bank): State<Arc<Bank>>, request: Request, next: Next) -> Response {
    let given = request.headers().get(AUTHORIZATION).and_then(|value| value.to_str().ok());
    match given.and_then(|value| value.strip_prefix("Bearer ")) {
        Some(key) if key == bank.options.secret_key => next.run(request).await,
        Some(_) => ApiError::wrong_key().into_response(),
        None => ApiError::no_key().into_response(),
    }
}
