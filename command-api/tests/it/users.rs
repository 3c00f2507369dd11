//! Signing up, in and out, and roles.

use edge::{Limit, Limits, Quota};
use http::{Method, StatusCode};
use serde_json::{Value, json};

use crate::support::{BoxOffice, Client, PASSWORD, Reply, show};

fn ada() -> Value {
    json!({"email": "Ada@Example.org", "password": PASSWORD, "name": "Ada"})
}

fn credentials(password: &str) -> Value {
    json!({"email": "ada@example.org", "password": password})
}

async fn send(client: &Client, method: Method, path: &str, body: Value) -> Reply {
    client.send(method, path, &[], if body.is_null() { String::new() } else { body.to_string() }).await
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_signs_up_in_and_out() {
    let office = BoxOffice::open().await;
    let stranger = office.stranger();
    let user_id = send(&stranger, Method::POST, "/v1/users", ada()).await.ok(201).text("user_id");
    let session = send(&stranger, Method::POST, "/v1/sessions", credentials(PASSWORD)).await.ok(201);
    let user = json!({"user_id": user_id, "email": "ada@example.org", "name": "Ada", "roles": ["customer"]});
    assert_eq!(session.body["user"], user);
    let client = stranger.with_token(session.text("token"));
    let reply = send(&client, Method::DELETE, "/v1/sessions/current", Value::Null).await;
    assert_eq!((reply.status, reply.body), (StatusCode::NO_CONTENT, Value::Null));
    let reply = send(&client, Method::DELETE, "/v1/sessions/current", Value::Null).await;
    assert_eq!(reply.problem(), (401, "unauthenticated"));
    assert_eq!(office.new_events().await, Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_is_taken_in_whatever_case_it_is_written() {
    let office = BoxOffice::open().await;
    let stranger = office.stranger();
    send(&stranger, Method::POST, "/v1/users", ada()).await.ok(201);
    let mut again = ada();
    again["email"] = "ADA@example.org".into();
    let reply = send(&stranger, Method::POST, "/v1/users", again).await;
    assert_eq!(reply.problem(), (409, "email-taken"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_password_and_an_unknown_address_look_alike() {
    let office = BoxOffice::open().await;
    let stranger = office.stranger();
    let mut unknown = send(&stranger, Method::POST, "/v1/sessions", credentials(PASSWORD)).await;
    send(&stranger, Method::POST, "/v1/users", ada()).await.ok(201);
    let mut wrong = send(&stranger, Method::POST, "/v1/sessions", credentials("not the password")).await;
    assert_eq!(wrong.problem(), (401, "unauthenticated"));
    for reply in [&mut unknown, &mut wrong] {
        reply.body["request_id"].take();
    }
    assert_eq!(unknown.body, wrong.body);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_broken_rule_of_a_sign_up_is_named_and_no_role_can_be_asked_for() {
    let office = BoxOffice::open().await;
    let stranger = office.stranger();
    let wrong = json!({"email": "ada", "password": "short", "name": " "});
    let reply = send(&stranger, Method::POST, "/v1/users", wrong).await;
    assert_eq!(reply.pointers(), ["/email", "/password", "/name"]);
    let mut greedy = ada();
    greedy["roles"] = json!(["admin"]);
    send(&stranger, Method::POST, "/v1/users", greedy).await.ok(422);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_admin_makes_an_organizer() {
    let office = BoxOffice::open().await;
    let (admin, user) = (office.admin().await, office.customer().await);
    assert_eq!(user.post("/v1/shows", show()).await.problem(), (403, "forbidden"));
    let path = format!("/v1/users/{}/roles", user.user_id.unwrap());
    let roles = json!({"roles": ["organizer"]});
    assert_eq!(user.put(&path, None, roles.clone()).await.problem(), (403, "forbidden"));
    let reply = admin.put(&path, None, roles.clone()).await.ok(200);
    assert_eq!(reply.body["roles"], json!(["customer", "organizer"]));
    assert_eq!(admin.put(&path, None, json!({"roles": ["king"]})).await.pointers(), ["/roles/0"]);
    let nobody = "/v1/users/0199aa00-0000-7000-8000-000000000001/roles";
    assert_eq!(admin.put(nobody, None, roles).await.problem(), (404, "not-found"));
    let deadline = tokio::time::Instant::now() + std::time::Duration::from_secs(5);
    while user.post("/v1/shows", show()).await.status == StatusCode::FORBIDDEN {
        assert!(tokio::time::Instant::now() < deadline, "the role works within a second");
        tokio::task::yield_now().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_guesses_passwords_is_slowed_down() {
    let quota = || Limit::new(Quota::new(100, MINUTE), Quota::new(3, MINUTE));
    let limits = Limits { sign_in: quota(), sign_up: quota() };
    let office = BoxOffice::with(limits, |options| options).await;
    let stranger = office.stranger();
    for _ in 0..3 {
        let reply = send(&stranger, Method::POST, "/v1/sessions", credentials("guess guess")).await;
        assert_eq!(reply.problem(), (401, "unauthenticated"));
    }
    let reply = send(&stranger, Method::POST, "/v1/sessions", credentials(PASSWORD)).await;
    assert_eq!(reply.problem(), (429, "too-many-requests"));
    assert!(reply.headers.contains_key("retry-after"), "{reply:?}");
    for expected in [201, 409, 409, 429] {
        send(&stranger, Method::POST, "/v1/users", ada()).await.ok(expected);
    }
}

const MINUTE: std::time::Duration = std::time::Duration::from_mins(1);
