//! A small service, and the requests that are sent to it.

#[path = "../../../identity/tests/support/mod.rs"]
mod identity_support;

use std::{sync::Arc, time::Duration};

use axum::{
    Router,
    body::Body,
    extract::{FromRef, Request, State},
    response::Response,
    routing::{get, post, put},
};
use chrono::{DateTime, Utc};
use domain::{OrderId, ShowId};
use edge::{
    Answered, Check, Context, FieldError, Limits, Options, Page, Problem,
    extract::{
        Caller, Command, Customer, JsonBody, NoBody, Operator, Paging, Parameters, Params, PathId, Query,
        Replacement, Shape,
    },
};
use http::{Method, StatusCode};
use http_body_util::BodyExt;
use identity::{Identity, NewUser, Role, Roles};
use serde::Deserialize;
use serde_json::{Value, json};
use sqlx::{PgPool, postgres::PgPoolOptions};
use tower::ServiceExt;
use uuid::Uuid;

#[derive(Clone)]
struct App {
    edge: Context,
}

impl FromRef<App> for Context {
    fn from_ref(app: &App) -> Self {
        app.edge.clone()
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Buy {
    items: Vec<Item>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Item {
    section: String,
    quantity: i64,
}

impl Shape for Buy {
    fn validate(&self) -> Vec<FieldError> {
        let wrong = |item: &Item| !(1..=20).contains(&item.quantity) || item.section.is_empty();
        let items = self.items.iter().enumerate().filter(|(_, item)| wrong(item));
        items.map(|(i, _)| FieldError::new(format!("/items/{i}/quantity"), "must be 1 to 20")).collect()
    }
}

struct ListQuery {
    paging: Paging<i64>,
}

impl Parameters for ListQuery {
    fn read(params: &mut Params) -> Self {
        Self { paging: params.paging() }
    }
}

async fn buy(command: Command<Buy, Customer>) -> Answered<Value> {
    let body = json!({
        "user_id": command.caller.user_id,
        "key": command.idempotency_key.as_str(),
        "fingerprint": command.fingerprint.0,
        "trace": command.origin.trace.as_str(),
        "request_id": command.origin.request_id.as_str(),
    });
    Answered::created(body).at(7).replayed(command.body.items.len() == 2)
}

async fn approve(command: Command<NoBody, Operator, OrderId>) -> Answered<Value> {
    Answered::ok(json!({ "order_id": command.path }))
}

async fn revise(put: Replacement<NoBody, Customer, ShowId>) -> Result<Answered<Value>, Problem> {
    put.if_match.check(3)?;
    Ok(Answered::ok(json!({})).version(4))
}

async fn list(_: Caller, Query(query): Query<ListQuery>) -> Result<Answered<Page<i64>>, Problem> {
    let from = query.paging.cursor.unwrap_or(50);
    let rows = (1..from).rev().take(query.paging.limit + 1).collect();
    Ok(Answered::ok(Page::cut(rows, query.paging.limit, |last| *last)?).at(9))
}

async fn one(
    _: Caller,
    Query(()): Query<()>,
    PathId(_): PathId<OrderId>,
) -> Result<Answered<Value>, Problem> {
    Err(Problem::not_found())
}

async fn mirror(State(_): State<App>, JsonBody(body): JsonBody<Buy>) -> Answered<Value> {
    Answered::ok(json!({ "items": body.items.len() }))
}

async fn fail(PathId(how): PathId<String>) -> Result<StatusCode, Problem> {
    match how.as_str() {
        "panic" => panic!("secret of the house"),
        "hang" => std::future::pending().await,
        _ => Err(sqlx::Error::Configuration("select secret".into()).into()),
    }
}

/// Longer than any test waits.
const PATIENCE: Duration = Duration::from_mins(1);

/// A service and a signed-in customer.
pub(crate) struct Service {
    router: Router,
    pub(crate) customer: String,
    pub(crate) operator: String,
}

fn noon() -> DateTime<Utc> {
    "2026-06-01T12:00:00Z".parse().unwrap()
}

fn router(pool: PgPool, ready: bool, timeout: Duration) -> Router {
    let context = Context::new(Identity::new(pool), Arc::new(noon), Arc::new(Uuid::new_v4), Limits::off());
    let routes = Router::new()
        .route("/v1/orders", post(buy).get(list))
        .route("/v1/orders/{id}", get(one))
        .route("/v1/orders/{id}/approve", post(approve))
        .route("/v1/shows/{id}", put(revise))
        .route("/v1/mirror", post(mirror))
        .route("/fail/{how}", get(fail))
        .with_state(App { edge: context.clone() });
    let check =
        Check::new("log", move || async move { if ready { Ok(()) } else { Err("is away".to_owned()) } });
    let mut options = Options::new("test", context, utoipa::openapi::OpenApi::default()).check(check);
    options.timeout = timeout;
    edge::service(routes, options)
}

impl Service {
    /// With a database, a customer and an operator.
    pub(crate) async fn new() -> Self {
        let pool = identity_support::database().await;
        let identity = Identity::new(pool.clone());
        let customer = sign_in(&identity, "ada@example.org", Roles::default()).await;
        let operator = sign_in(&identity, "bob@example.org", Role::Operator.into()).await;
        Self { router: router(pool, true, PATIENCE), customer, operator }
    }

    /// Where Postgres is away.
    pub(crate) fn without_postgres(ready: bool) -> Self {
        Self::patient(ready, PATIENCE)
    }

    /// Which soon gives up, and has no Postgres.
    pub(crate) fn impatient() -> Self {
        Self::patient(true, Duration::from_millis(50))
    }

    fn patient(ready: bool, timeout: Duration) -> Self {
        let options = PgPoolOptions::new().acquire_timeout(Duration::from_millis(200));
        let pool = options.connect_lazy("postgres://127.0.0.1:1/none").unwrap();
        let nobody = format!("sd_{}", "A".repeat(43));
        Self { router: router(pool, ready, timeout), customer: nobody.clone(), operator: nobody }
    }

    /// A request that would succeed, for a test to spoil.
    pub(crate) fn order(&self) -> Sent<'_> {
        let sent = self.send(Method::POST, "/v1/orders").signed_in().header("idempotency-key", "key-1");
        sent.json(&json!({ "items": [{ "section": "A", "quantity": 1 }] }).to_string())
    }

    /// Any request.
    pub(crate) fn send(&self, method: Method, path: &str) -> Sent<'_> {
        let request = Request::builder().method(method).uri(path).body(Body::empty()).unwrap();
        Sent { service: self, request }
    }
}

async fn sign_in(identity: &Identity, email: &str, roles: Roles) -> String {
    let user_id = Uuid::new_v4().into();
    let user =
        NewUser { user_id, email: email.into(), password: "correct horse".into(), name: "Someone".into() };
    identity.create_user(user, roles, false, noon()).await.unwrap();
    identity.sign_in(email, "correct horse", noon()).await.unwrap().token.reveal().to_owned()
}

/// A request under construction.
pub(crate) struct Sent<'a> {
    service: &'a Service,
    request: Request,
}

impl Sent<'_> {
    pub(crate) fn header(mut self, name: &'static str, value: &str) -> Self {
        self.request.headers_mut().insert(name, value.parse().unwrap());
        self
    }

    pub(crate) fn without(mut self, name: &str) -> Self {
        self.request.headers_mut().remove(name);
        self
    }

    pub(crate) fn signed_in(self) -> Self {
        let bearer = format!("Bearer {}", self.service.customer);
        self.header("authorization", &bearer)
    }

    pub(crate) fn by_operator(self) -> Self {
        let bearer = format!("Bearer {}", self.service.operator);
        self.header("authorization", &bearer)
    }

    pub(crate) fn json(mut self, body: &str) -> Self {
        *self.request.body_mut() = Body::from(body.to_owned());
        self.header("content-type", "application/json")
    }

    pub(crate) fn body(mut self, body: Body) -> Self {
        *self.request.body_mut() = body;
        self
    }

    pub(crate) async fn response(self) -> Response {
        self.service.router.clone().oneshot(self.request).await.unwrap()
    }

    /// Status and JSON.
    pub(crate) async fn answer(self) -> (u16, Value) {
        let response = self.response().await;
        let status = response.status().as_u16();
        let bytes = response.into_body().collect().await.unwrap().to_bytes();
        (status, serde_json::from_slice(&bytes).unwrap_or(Value::Null))
    }

    /// Status and the end of the problem's type.
    pub(crate) async fn refused(self) -> (u16, String) {
        let (status, body) = self.answer().await;
        assert_eq!(body["status"], status, "{body}");
        let name = body["type"].as_str().unwrap().trim_start_matches("urn:stagedoor:problem:").to_owned();
        (status, name)
    }
}
