//! Asking the service.

use axum::{Router, body::Body};
use http::{HeaderMap, Request, StatusCode, header};
use http_body_util::BodyExt;
use serde_json::Value;
use tower::ServiceExt;

use super::{BoxOffice, User};

#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Value,
}

impl BoxOffice {
    /// As things stand now, whatever the read models have seen.
    pub(crate) async fn get(&self, path: &str, caller: Option<&User>) -> Answer {
        Answer::to(&self.router, path, caller.map(|user| user.token.as_str())).await
    }

    /// As things stand after everything that was done here.
    pub(crate) async fn see(&self, path: &str, caller: Option<&User>) -> Answer {
        let mark = if path.contains('?') { '&' } else { '?' };
        self.get(&format!("{path}{mark}min_position={}", self.position()), caller).await
    }

    /// The body of a 200 that is as current as can be.
    pub(crate) async fn read(&self, path: &str, caller: Option<&User>) -> Value {
        let answer = self.see(path, caller).await;
        assert_eq!(answer.status, 200, "{path}: {}", answer.body);
        assert!(answer.position() >= self.position(), "{path}");
        answer.body
    }
}

impl Answer {
    pub(crate) async fn to(router: &Router, path: &str, token: Option<&str>) -> Self {
        let mut request = Request::get(path);
        if let Some(token) = token {
            request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
        }
        Self::sent(router, request.body(Body::empty()).unwrap()).await
    }

    pub(crate) async fn sent(router: &Router, request: Request<Body>) -> Self {
        let (parts, body) = router.clone().oneshot(request).await.unwrap().into_parts();
        let bytes = body.collect().await.unwrap().to_bytes();
        let body = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
        Self { status: parts.status, headers: parts.headers, body }
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    pub(crate) fn position(&self) -> i64 {
        self.header("x-position").parse().unwrap()
    }

    /// The end of the problem's `type`, checked to be one.
    pub(crate) fn problem(&self) -> &str {
        assert_eq!(self.header("content-type"), "application/problem+json", "{}", self.body);
        assert_eq!(self.body["status"], self.status.as_u16());
        assert_eq!(self.body["request_id"], self.header("x-request-id"));
        self.body["type"].as_str().unwrap().strip_prefix("urn:stagedoor:problem:").unwrap()
    }

    /// All of a problem but what names this very request.
    pub(crate) fn anonymous(mut self) -> Value {
        self.body["request_id"] = Value::Null;
        self.body
    }
}
