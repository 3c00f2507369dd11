//! Somebody who calls the APIs.

use std::time::Duration;

use reqwest::{Client, Method, header::HeaderMap};
use serde_json::{Value, json};
use uuid::Uuid;

/// Longer than any request may take.
const TIMEOUT: Duration = Duration::from_secs(40);

pub(crate) fn client() -> Client {
    Client::builder().no_proxy().timeout(TIMEOUT).build().unwrap()
}

pub(crate) fn new_key() -> String {
    Uuid::new_v4().to_string()
}

/// Where both services are.
#[derive(Clone)]
pub(crate) struct Api {
    pub(crate) http: Client,
    pub(crate) commands: String,
    pub(crate) queries: String,
}

/// Somebody, signed in or not.
#[derive(Clone)]
pub(crate) struct Caller {
    pub(crate) api: Api,
    pub(crate) user_id: String,
    pub(crate) token: Option<String>,
}

/// What they are answered.
#[derive(Debug, Clone)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Value,
}

impl Reply {
    #[track_caller]
    pub(crate) fn ok(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{self:?}");
        self
    }

    /// Status and name of a problem.
    #[track_caller]
    pub(crate) fn problem(&self) -> (u16, &str) {
        assert_eq!(self.header("content-type"), Some("application/problem+json"), "{self:?}");
        let name = self.body["type"].as_str().and_then(|name| name.strip_prefix("urn:stagedoor:problem:"));
        (self.status, name.unwrap_or_else(|| panic!("no problem: {self:?}")))
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    #[track_caller]
    pub(crate) fn text(&self, member: &str) -> String {
        self.body[member].as_str().unwrap_or_else(|| panic!("no {member}: {self:?}")).to_owned()
    }

    /// How far the read models had come that were asked.
    #[track_caller]
    pub(crate) fn x_position(&self) -> i64 {
        let position = self.header("x-position").and_then(|position| position.parse().ok());
        position.unwrap_or_else(|| panic!("no position: {self:?}"))
    }

    #[track_caller]
    pub(crate) fn position(&self) -> i64 {
        self.body["position"].as_i64().unwrap_or_else(|| panic!("no position: {self:?}"))
    }

    /// Whether a caller is told to come back, as 503 always does.
    #[track_caller]
    pub(crate) fn asks_for_patience(&self) -> bool {
        let away = self.status == 503;
        assert!(
            !away || self.header("retry-after").is_some_and(|after| after.parse::<u32>().is_ok()),
            "{self:?}"
        );
        away
    }
}

impl Caller {
    /// A command with a key of its own.
    pub(crate) async fn post(&self, path: &str, body: Value) -> Reply {
        self.post_with_key(&new_key(), path, &body).await
    }

    pub(crate) async fn post_with_key(&self, key: &str, path: &str, body: &Value) -> Reply {
        self.try_post(key, path, body).await.unwrap()
    }

    /// A command that may meet a service that is not there.
    pub(crate) async fn try_post(
        &self,
        key: &str,
        path: &str,
        body: &Value,
    ) -> Result<Reply, reqwest::Error> {
        let request =
            self.api.http.post(format!("{}{path}", self.api.commands)).header("Idempotency-Key", key);
        self.send(request.json(body)).await
    }

    /// A command whose body is sent as it stands.
    pub(crate) async fn post_text(&self, path: &str, body: &str) -> Reply {
        self.try_post_text(path, body).await.unwrap()
    }

    /// As [`Caller::post_text`], at a service that may not be there.
    pub(crate) async fn try_post_text(&self, path: &str, body: &str) -> Result<Reply, reqwest::Error> {
        let request = self.api.http.post(format!("{}{path}", self.api.commands));
        let request = request.header("Idempotency-Key", new_key()).header("Content-Type", "application/json");
        self.send(request.body(body.to_owned())).await
    }

    /// Any command, without a key.
    pub(crate) async fn command(&self, method: Method, path: &str, body: Value) -> Reply {
        self.send(self.api.http.request(method, format!("{}{path}", self.api.commands)).json(&body))
            .await
            .unwrap()
    }

    pub(crate) async fn get(&self, path: &str) -> Reply {
        self.try_get(path).await.unwrap()
    }

    pub(crate) async fn try_get(&self, path: &str) -> Result<Reply, reqwest::Error> {
        self.send(self.api.http.get(format!("{}{path}", self.api.queries))).await
    }

    /// A query of the state at `position` or later.
    pub(crate) async fn get_at(&self, path: &str, position: i64) -> Reply {
        let separator = if path.contains('?') { '&' } else { '?' };
        self.get(&format!("{path}{separator}min_position={position}")).await.ok(200)
    }

    /// Any request, in their name.
    pub(crate) async fn send(&self, request: reqwest::RequestBuilder) -> Result<Reply, reqwest::Error> {
        let request = match &self.token {
            Some(token) => request.bearer_auth(token),
            None => request,
        };
        let response = request.send().await?;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let bytes = response.bytes().await?;
        Ok(Reply { status, headers, body: serde_json::from_slice(&bytes).unwrap_or(Value::Null) })
    }

    pub(crate) async fn sign_in(&self, email: &str, password: &str) -> Self {
        let body = json!({ "email": email, "password": password });
        let session = self.command(Method::POST, "/v1/sessions", body).await.ok(201);
        let user_id = session.body["user"]["user_id"].as_str().unwrap().to_owned();
        Self { api: self.api.clone(), user_id, token: Some(session.text("token")) }
    }
}
