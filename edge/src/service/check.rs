//! Readiness.

use std::{collections::BTreeMap, fmt, sync::Arc, time::Duration};

use axum::{
    Json,
    response::{IntoResponse, Response},
};
use futures::future::{BoxFuture, FutureExt, join_all};
use http::StatusCode;
use serde_json::json;

/// A check that takes longer has failed.
const PATIENCE: Duration = Duration::from_secs(2);

type Run = dyn Fn() -> BoxFuture<'static, Result<(), String>> + Send + Sync;

/// Something that must work for a service to be ready.
#[derive(Clone)]
pub struct Check {
    name: &'static str,
    run: Arc<Run>,
}

impl Check {
    /// A check by its name in the answer of `/readyz`; an error says why not, in words that anyone may read.
    pub fn new<F, R>(name: &'static str, run: F) -> Self
    where
        F: Fn() -> R + Send + Sync + 'static,
        R: Future<Output = Result<(), String>> + Send + 'static,
    {
        Self { name, run: Arc::new(move || run().boxed()) }
    }

    async fn outcome(&self) -> (&'static str, Result<(), String>) {
        let late = || Err(format!("no answer within {} s", PATIENCE.as_secs()));
        (self.name, tokio::time::timeout(PATIENCE, (self.run)()).await.unwrap_or_else(|_| late()))
    }
}

impl fmt::Debug for Check {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Check").field("name", &self.name).finish_non_exhaustive()
    }
}

/// 200 when every check passes, else 503, with each one's outcome.
pub(super) async fn readiness(checks: Arc<[Check]>) -> Response {
    let outcomes: BTreeMap<_, _> = join_all(checks.iter().map(Check::outcome)).await.into_iter().collect();
    let ready = outcomes.values().all(Result::is_ok);
    let words: BTreeMap<_, _> = outcomes
        .into_iter()
        .map(|(name, outcome)| (name, outcome.err().unwrap_or_else(|| "ok".into())))
        .collect();
    let status = if ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, Json(json!({ "checks": words }))).into_response()
}
