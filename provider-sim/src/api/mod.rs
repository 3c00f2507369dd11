//! The part of Stripe's HTTP API that is spoken, and the books. <https://docs.stripe.com/api>

mod auth;
mod error;
mod form;
mod intents;
mod list;
mod once;
mod refunds;
mod statement;

use std::sync::Arc;

use axum::{
    Router, middleware,
    routing::{get, post},
};

use crate::bank::Bank;
use error::ApiError;

pub(crate) fn router(bank: Arc<Bank>) -> Router {
    Router::new()
        .route("/v1/payment_intents", get(intents::list).post(intents::create))
        .route("/v1/payment_intents/search", get(intents::search))
        .route("/v1/payment_intents/{id}", get(intents::show))
        .route("/v1/payment_intents/{id}/confirm", post(intents::confirm))
        .route("/v1/payment_intents/{id}/cancel", post(intents::cancel))
        .route("/v1/refunds", get(refunds::list).post(refunds::create))
        .route_layer(middleware::from_fn_with_state(Arc::clone(&bank), auth::check))
        .route("/books", get(statement::books))
        .route("/books/open", get(statement::open))
        .route("/healthz", get(|| async { "ok" }))
        .fallback(|| async { ApiError::unknown_url() })
        .with_state(bank)
}
