//! A problem as an HTTP response.

use axum::response::{IntoResponse, Response};
use http::{HeaderValue, header};
use serde_json::{Map, Value};

use super::{Problem, ProblemBody};

const MEDIA_TYPE: HeaderValue = HeaderValue::from_static("application/problem+json");

impl Problem {
    /// The response, with the id under which the log knows the request.
    pub(crate) fn render(&self, request_id: Option<&str>) -> Response {
        let body = Value::Object(self.members(request_id)).to_string();
        let mut response = (self.kind.status, [(header::CONTENT_TYPE, MEDIA_TYPE)], body).into_response();
        if let Some(seconds) = self.kind.retry_after {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        for (name, value) in &self.kind.headers {
            response.headers_mut().insert(name.clone(), value.clone());
        }
        response
    }

    fn members(&self, request_id: Option<&str>) -> Map<String, Value> {
        let mut body = self.kind.members.clone();
        body.insert("type".into(), format!("urn:stagedoor:problem:{}", self.kind.name).into());
        body.insert("title".into(), self.kind.title.into());
        body.insert("status".into(), self.kind.status.as_u16().into());
        body.insert("detail".into(), self.kind.detail.as_str().into());
        body.insert("request_id".into(), request_id.into());
        body
    }
}

impl IntoResponse for Problem {
    /// The layer around every service finds the problem in the extensions, logs its cause and adds the request id.
    fn into_response(self) -> Response {
        let mut response = self.render(None);
        response.extensions_mut().insert(self);
        response
    }
}

impl utoipa::PartialSchema for Problem {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        ProblemBody::schema()
    }
}

impl utoipa::ToSchema for Problem {
    fn name() -> std::borrow::Cow<'static, str> {
        "Problem".into()
    }

    fn schemas(schemas: &mut Vec<(String, utoipa::openapi::RefOr<utoipa::openapi::schema::Schema>)>) {
        ProblemBody::schemas(schemas);
    }
}
