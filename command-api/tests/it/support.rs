//! A box office of the test's own, and people who call it.

use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

use axum::{Router, body::Body};
use command_api::Payments;
use domain::UserId;
use edge::Limits;
use event_store::{Clock, LogReader, RecordedEvent, Sequencer, SequencerOptions, SystemClock, new_id};
use http::{HeaderMap, Method, Request, StatusCode, header};
use http_body_util::BodyExt;
use identity::{Identity, NewUser, Role, Roles};
use providers::signature::Secrets;
use serde_json::{Value, json};
use sqlx::{
    ConnectOptions, Connection, PgPool,
    postgres::{PgConnectOptions, PgPoolOptions},
};
use tower::ServiceExt;

pub(crate) const PASSWORD: &str = "correct horse battery";

/// The command side on a database of its own.
pub(crate) struct BoxOffice {
    pub(crate) router: Router,
    pub(crate) identity: Identity,
    /// As the database's owner.
    pub(crate) owner: PgConnectOptions,
    seen: AtomicI64,
}

/// Somebody who calls it.
#[derive(Clone)]
pub(crate) struct Client {
    router: Router,
    pub(crate) user_id: Option<UserId>,
    pub(crate) token: Option<String>,
}

/// What they are answered.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Value,
}

impl Reply {
    /// The end of the problem's type.
    pub(crate) fn problem(&self) -> (u16, &str) {
        let name = self.body["type"].as_str().and_then(|name| name.strip_prefix("urn:stagedoor:problem:"));
        (self.status.as_u16(), name.unwrap_or_else(|| panic!("no problem: {self:?}")))
    }

    /// Where shape was broken.
    pub(crate) fn pointers(&self) -> Vec<&str> {
        assert_eq!(self.problem(), (422, "invalid"), "{self:?}");
        self.body["errors"]
            .as_array()
            .unwrap()
            .iter()
            .map(|error| error["pointer"].as_str().unwrap())
            .collect()
    }

    pub(crate) fn text(&self, member: &str) -> String {
        self.body[member].as_str().unwrap_or_else(|| panic!("no {member}: {self:?}")).to_owned()
    }

    pub(crate) fn position(&self) -> i64 {
        self.body["position"].as_i64().unwrap_or_else(|| panic!("no position: {self:?}"))
    }

    pub(crate) fn ok(self, status: u16) -> Self {
        assert_eq!(self.status.as_u16(), status, "{self:?}");
        self
    }
}

impl BoxOffice {
    pub(crate) async fn open() -> Self {
        Self::with(Limits::off(), |options| options).await
    }

    pub(crate) async fn with(
        limits: Limits,
        change: impl FnOnce(SequencerOptions) -> SequencerOptions,
    ) -> Self {
        let owner = database().await;
        // Only what the writer role is granted is there, as in production.
        let writer = owner.clone().options([("role", "stagedoor_writer")]);
        let pool = pool(&writer);
        let (sequencer, _) = Sequencer::start(change(SequencerOptions::new(
            writer,
            std::sync::Arc::new(event_store::SystemClock),
        )));
        let identity = Identity::new(pool.clone());
        let clock = Arc::new(|| SystemClock.now());
        let edge = edge::Context::new(identity.clone(), clock, Arc::new(new_id), limits);
        let router = command_api::service(command_api::App::new(sequencer, edge, pool, payments()));
        Self { router, identity, owner, seen: AtomicI64::new(0) }
    }

    /// Somebody who has not signed in.
    pub(crate) fn stranger(&self) -> Client {
        Client { router: self.router.clone(), user_id: None, token: None }
    }

    pub(crate) async fn customer(&self) -> Client {
        self.user(Roles::default()).await
    }

    pub(crate) async fn organizer(&self) -> Client {
        self.user(Role::Organizer.into()).await
    }

    pub(crate) async fn operator(&self) -> Client {
        self.user(Role::Operator.into()).await
    }

    pub(crate) async fn admin(&self) -> Client {
        self.user(Role::Admin.into()).await
    }

    async fn user(&self, roles: Roles) -> Client {
        let (user_id, now) = (UserId::from(new_id()), SystemClock.now());
        let email = format!("{user_id}@example.org");
        let user = NewUser { user_id, email: email.clone(), password: PASSWORD.into(), name: "Ada".into() };
        self.identity.create_user(user, roles, false, now).await.unwrap();
        let session = self.identity.sign_in(&email, PASSWORD, now).await.unwrap();
        Client { token: Some(session.token.reveal().to_owned()), user_id: Some(user_id), ..self.stranger() }
    }

    /// A show on sale; with the caller who may change it.
    pub(crate) async fn show(&self, sections: Value) -> (Client, String) {
        let organizer = self.organizer().await;
        let mut body = show();
        body["sections"] = sections;
        let show = organizer.post("/v1/shows", body).await.ok(201).text("show_id");
        organizer.post(&format!("/v1/shows/{show}/publish"), Value::Null).await.ok(200);
        self.new_events().await;
        (organizer, show)
    }

    /// A show on sale with one section that sells by quantity, at 10.00 a seat.
    pub(crate) async fn standing(&self, capacity: u32) -> String {
        self.show(json!([{"code": "S", "name": "Standing", "price": 1000, "capacity": capacity}])).await.1
    }

    /// The types of the events since this was last asked.
    pub(crate) async fn new_events(&self) -> Vec<String> {
        self.new_log().await.into_iter().map(|event| event.event_type).collect()
    }

    /// The events since this was last asked.
    pub(crate) async fn new_log(&self) -> Vec<RecordedEvent> {
        let mut reader = LogReader::new(self.owner.clone(), "test");
        let events = reader.after(self.seen.load(Ordering::SeqCst), 10_000).await.unwrap();
        if let Some(last) = events.last() {
            self.seen.store(last.position, Ordering::SeqCst);
        }
        events
    }
}

impl Client {
    /// The same with another token.
    pub(crate) fn with_token(self, token: String) -> Self {
        Self { token: Some(token), ..self }
    }

    /// A POST with a key of its own; without a body where it is `null`.
    pub(crate) async fn post(&self, path: &str, body: Value) -> Reply {
        self.post_with_key(path, body, &new_id().to_string()).await
    }

    pub(crate) async fn post_with_key(&self, path: &str, body: Value, key: &str) -> Reply {
        self.send(Method::POST, path, &[("idempotency-key", key)], text(&body)).await
    }

    pub(crate) async fn put(&self, path: &str, if_match: Option<&str>, body: Value) -> Reply {
        let headers: Vec<_> = if_match.into_iter().map(|version| ("if-match", version)).collect();
        self.send(Method::PUT, path, &headers, text(&body)).await
    }

    /// Whatever the test wants to be sent. A `content-type` is sent unless one is given or there is no body.
    pub(crate) async fn send(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: String,
    ) -> Reply {
        let mut request = Request::builder().method(method).uri(path);
        if let Some(token) = &self.token {
            request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
        }
        if !body.is_empty() && !headers.iter().any(|(name, _)| *name == "content-type") {
            request = request.header(header::CONTENT_TYPE, "application/json");
        }
        let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
        reply(&self.router, request.body(Body::from(body)).unwrap()).await
    }
}

async fn reply(router: &Router, request: Request<Body>) -> Reply {
    let response = router.clone().oneshot(request).await.unwrap();
    let (parts, body) = response.into_parts();
    let bytes = body.collect().await.unwrap().to_bytes();
    let body = if bytes.is_empty() { Value::Null } else { serde_json::from_slice(&bytes).unwrap() };
    Reply { status: parts.status, headers: parts.headers, body }
}

fn text(body: &Value) -> String {
    if body.is_null() { String::new() } else { body.to_string() }
}

/// A sound show.
pub(crate) fn show() -> Value {
    json!({
        "title": "Faust", "venue": "Main stage", "starts_at": "2027-05-01T18:00:00Z", "currency": "EUR",
        "tax_basis_points": 700,
        "sections": [{"code": "S", "name": "Standing", "price": 1000, "capacity": 10}],
    })
}

/// An order of one section by quantity.
pub(crate) fn order(show: &str, quantity: impl Into<Value>) -> Value {
    json!({
        "show_id": show, "payment_method": "manual", "items": [{"section": "S", "quantity": quantity.into()}],
    })
}

/// An order of seats by name.
pub(crate) fn seats(show: &str, seats: &[&str]) -> Value {
    json!({"show_id": show, "payment_method": "manual", "items": [{"seats": seats}]})
}

pub(crate) const CALLBACK_SECRET: &str = "whsec_c3RhZ2Vkb29yLXRlc3RzLW9ubHk=";
pub(crate) const STRIPE_SECRET: &str = "whsec_stagedoor_tests_only";

fn payments() -> Payments {
    Payments {
        takes_cards: true,
        self_deposit: true,
        callback_secrets: Some(Secrets::standard(CALLBACK_SECRET).unwrap()),
        stripe_secrets: Some(Secrets::stripe(STRIPE_SECRET).unwrap()),
    }
}

pub(crate) fn pool(options: &PgConnectOptions) -> PgPool {
    PgPoolOptions::new().max_connections(4).test_before_acquire(false).connect_lazy_with(options.clone())
}

/// An empty, migrated database, as its owner.
pub(crate) async fn database() -> PgConnectOptions {
    let server: PgConnectOptions = engines::testing::shared().await.postgres_url.parse().unwrap();
    let name = format!("command_api_{}", new_id().simple());
    let mut admin = server.connect().await.unwrap();
    let create = sqlx::AssertSqlSafe(format!("create database {name}"));
    sqlx::query(create).execute(&mut admin).await.unwrap();
    admin.close().await.unwrap();
    let options = server.database(&name);
    event_store::migrate(&mut options.connect().await.unwrap()).await.unwrap();
    options
}
