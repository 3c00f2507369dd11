//! Around every request: its names, its bounds, its one log line, its metrics.

use std::{
    panic::AssertUnwindSafe,
    sync::Arc,
    time::{Duration, Instant},
};

use axum::{
    body::Body,
    extract::{MatchedPath, Request, State},
    middleware::Next,
    response::{IntoResponse, Response},
};
use futures::FutureExt;
use http::{HeaderMap, HeaderName, HeaderValue, Method, header};
use tracing::Instrument;

use super::meters::Meters;
use crate::{Context, Problem, RequestId, TraceParent, extract::Origin};

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const TRACEPARENT: &str = "traceparent";
const POSITION: &str = "x-position";

pub(super) struct Observer {
    service: &'static str,
    context: Context,
    timeout: Duration,
    meters: Meters,
}

/// What is known of a request before it is answered.
struct Seen {
    service: &'static str,
    method: &'static str,
    matched: Option<MatchedPath>,
    origin: Origin,
    started: Instant,
}

pub(super) async fn observe(
    State(observer): State<Arc<Observer>>,
    mut request: Request,
    next: Next,
) -> Response {
    let seen = observer.see(&request);
    request.extensions_mut().insert(seen.origin.clone());
    let span = tracing::info_span!("request", request_id = %seen.origin.request_id, trace_id = seen.origin.trace.trace_id());
    let head = request.method() == Method::HEAD;
    let response = bounded(next.run(request), observer.timeout).instrument(span).await;
    let response = seen.finish(response, head);
    observer.meters.count(seen.method, seen.path(), response.status(), seen.started.elapsed());
    response
}

/// A panic is a 500, and a wait without end a 503.
async fn bounded(answer: impl Future<Output = Response>, timeout: Duration) -> Response {
    let answer = AssertUnwindSafe(answer).catch_unwind();
    match tokio::time::timeout(timeout, answer).await {
        Ok(Ok(response)) => response,
        Ok(Err(_)) => Problem::internal("the handler panicked").into_response(),
        Err(_) => Problem::timeout().into_response(),
    }
}

impl Observer {
    pub(super) fn new(service: &'static str, context: Context, timeout: Duration) -> Self {
        Self { service, context, timeout, meters: Meters::new(service) }
    }

    fn see(&self, request: &Request) -> Seen {
        Seen {
            service: self.service,
            method: method_label(request.method()),
            matched: request.extensions().get::<MatchedPath>().cloned(),
            origin: self.origin(request.headers()),
            started: Instant::now(),
        }
    }

    fn origin(&self, headers: &HeaderMap) -> Origin {
        let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
        let request_id = text(REQUEST_ID.as_str()).and_then(RequestId::parse);
        let trace: Option<TraceParent> = text(TRACEPARENT).and_then(|text| text.parse().ok());
        Origin {
            traced: trace.is_some(),
            request_id: request_id.unwrap_or_else(|| RequestId::new(self.context.id())),
            trace: trace.unwrap_or_else(|| TraceParent::start(self.context.id(), self.context.id())),
        }
    }
}

impl Seen {
    /// The route, so that there are not as many of them as there are ids.
    fn path(&self) -> &str {
        self.matched.as_ref().map_or("unmatched", MatchedPath::as_str)
    }

    fn finish(&self, mut response: Response, head: bool) -> Response {
        let problem = response.extensions_mut().remove::<Problem>();
        if let Some(problem) = &problem {
            let named = problem.render(Some(self.origin.request_id.as_str())).into_body();
            *response.body_mut() = if head { Body::empty() } else { named };
            response.headers_mut().remove(header::CONTENT_LENGTH);
        }
        if let Ok(id) = HeaderValue::from_str(self.origin.request_id.as_str()) {
            response.headers_mut().insert(REQUEST_ID, id);
        }
        self.log(&response, problem.as_ref());
        response
    }

    /// One line per request; a cause stands here and nowhere else.
    fn log(&self, response: &Response, problem: Option<&Problem>) {
        let position = response.headers().get(POSITION).and_then(|value| value.to_str().ok());
        let latency_ms = self.started.elapsed().as_secs_f64() * 1e3;
        macro_rules! line {
            ($level:ident) => {
                tracing::$level!(
                    service = self.service,
                    method = self.method,
                    path = self.path(),
                    status = response.status().as_u16(),
                    latency_ms,
                    request_id = %self.origin.request_id,
                    correlation = %self.origin.trace.trace_id(),
                    position,
                    problem = problem.map(Problem::name),
                    cause = problem.and_then(Problem::cause),
                    "request"
                )
            };
        }
        match response.status().as_u16() {
            // Thousands a second, when there are any; they are counted.
            503 if problem.is_some_and(|problem| problem.name() == "queue-full") => line!(debug),
            500 => line!(error),
            501.. => line!(warn),
            0..500 if self.is_routine() => line!(debug),
            0..500 => line!(info),
        }
    }

    /// What machines ask every few seconds.
    fn is_routine(&self) -> bool {
        matches!(self.path(), "/healthz" | "/readyz" | "/metrics")
    }
}

/// A method that nobody knows must not become a label of its own.
fn method_label(method: &Method) -> &'static str {
    match method.as_str() {
        "GET" => "GET",
        "HEAD" => "HEAD",
        "POST" => "POST",
        "PUT" => "PUT",
        "PATCH" => "PATCH",
        "DELETE" => "DELETE",
        "OPTIONS" => "OPTIONS",
        _ => "OTHER",
    }
}
