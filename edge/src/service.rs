//! Everything that stands around a service's routes.

mod check;
mod meters;
mod observe;

use std::{fmt, sync::Arc, time::Duration};

use axum::{Json, Router, middleware, routing::get};
use http::header;
use utoipa::openapi::OpenApi;
use utoipa_swagger_ui::{Config, SwaggerUi};

pub use check::Check;

use crate::{Context, Problem, metrics};

/// Longer than a command waits for a frozen writer or a restarting Postgres.
const TIMEOUT: Duration = Duration::from_secs(30);

/// What a service tells [`service`] about itself.
pub struct Options {
    /// As it stands in metrics and log lines.
    pub name: &'static str,
    /// The same as in the routes' state.
    pub context: Context,
    /// The description of the routes.
    pub openapi: OpenApi,
    /// What must work for the service to be ready.
    pub checks: Vec<Check>,
    /// How long a request may take.
    pub timeout: Duration,
}

impl Options {
    /// With the default timeout and no checks.
    #[must_use]
    pub fn new(name: &'static str, context: Context, openapi: OpenApi) -> Self {
        Self { name, context, openapi, checks: Vec::new(), timeout: TIMEOUT }
    }

    /// Adds what must work for the service to be ready.
    #[must_use]
    pub fn check(mut self, check: Check) -> Self {
        self.checks.push(check);
        self
    }
}

impl fmt::Debug for Options {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Options").field("name", &self.name).finish_non_exhaustive()
    }
}

/// The whole service: the routes, health, metrics and documentation; around them request ids, traces, one log line per
/// request, a timeout, and problems for whatever nobody else answers.
pub fn service(routes: Router, options: Options) -> Router {
    let Options { name, context, openapi, checks, timeout } = options;
    let observer = Arc::new(observe::Observer::new(name, context, timeout));
    routes
        .merge(health(checks))
        .merge(documentation(openapi))
        .fallback(|| async { Problem::not_found() })
        .method_not_allowed_fallback(|| async { Problem::method_not_allowed() })
        .layer(middleware::from_fn_with_state(observer, observe::observe))
}

/// `/healthz`, `/readyz` and `/metrics`: all that relay, projections and processes serve.
pub fn health(checks: Vec<Check>) -> Router {
    let checks: Arc<[Check]> = checks.into();
    Router::new()
        .route("/healthz", get(|| async { Json(serde_json::json!({ "status": "ok" })) }))
        .route("/readyz", get(move || check::readiness(Arc::clone(&checks))))
        .route("/metrics", get(render_metrics))
}

async fn render_metrics() -> impl axum::response::IntoResponse {
    let text = metrics::install().map(metrics_exporter_prometheus::PrometheusHandle::render);
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], text.unwrap_or_default())
}

fn documentation(openapi: OpenApi) -> Router {
    let openapi = Arc::new(openapi);
    let describe = move || async move { Json(Arc::clone(&openapi)) };
    let ui = SwaggerUi::new("/docs").config(Config::from("/openapi.json"));
    Router::new().route("/openapi.json", get(describe)).merge(ui)
}
