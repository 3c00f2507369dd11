//! How requests are checked, and in which order.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]
#![allow(dead_code, reason = "the support is shared with the tests of services")]

mod support;

use axum::body::Body;
use futures::stream;
use http::Method;
use serde_json::{Value, json};
use support::Service;
use uuid::Uuid;

fn problem(status: u16, name: &str) -> (u16, String) {
    (status, name.to_owned())
}

const BROKEN: &str = r#"{"items": [{"section": "A", "quantity": 0}]}"#;

#[tokio::test]
async fn a_request_without_faults_reaches_the_handler() {
    let service = Service::new().await;
    let response = service.order().response().await;
    assert_eq!(response.status(), 201);
    assert_eq!(response.headers()["x-position"], "7");
    assert!(!response.headers().contains_key("idempotency-replayed"));
}

#[tokio::test]
async fn the_first_fault_in_the_order_of_the_contract_is_the_answer() {
    let service = Service::new().await;
    let path = "/v1/orders/no-id/approve";
    let large = " ".repeat(300_000);
    let all = || service.send(Method::POST, path);

    assert_eq!(all().json(&large).refused().await, problem(413, "body-too-large"));
    assert_eq!(all().json("{").refused().await, problem(401, "unauthenticated"));
    assert_eq!(all().json("{").signed_in().refused().await, problem(403, "forbidden"));
    assert_eq!(
        all().body(Body::from("{")).by_operator().refused().await,
        problem(415, "unsupported-media-type")
    );
    assert_eq!(all().json("{").by_operator().refused().await, problem(400, "malformed-json"));
    assert_eq!(all().json(r#"{"a": 1}"#).by_operator().refused().await, problem(422, "invalid"));
    assert_eq!(all().json("{}").by_operator().refused().await, problem(400, "idempotency-key-missing"));
    let keyed = all().json("{}").by_operator().header("idempotency-key", "k");
    assert_eq!(keyed.refused().await, problem(404, "not-found"));
}

#[tokio::test]
async fn a_body_is_bounded_even_when_it_does_not_say_how_long_it_is() {
    let service = Service::new().await;
    let chunks = stream::iter((0..40).map(|_| Ok::<_, std::io::Error>(vec![b' '; 10_000])));
    let sent = service.order().body(Body::from_stream(chunks));
    assert_eq!(sent.refused().await, problem(413, "body-too-large"));
}

#[tokio::test]
async fn a_body_that_breaks_off_is_the_clients_fault() {
    let service = Service::new().await;
    let chunks = [Ok(b"{".to_vec()), Err(std::io::Error::other("reset"))];
    let sent = service.order().body(Body::from_stream(stream::iter(chunks)));
    assert_eq!(sent.refused().await, problem(400, "incomplete-body"));
}

#[tokio::test]
async fn credentials_that_do_not_work_are_all_the_same() {
    let service = Service::new().await;
    let unknown = format!("Bearer sd_{}", "A".repeat(43));
    for credentials in ["", "Bearer", "Bearer x", "Basic YTpi", &unknown] {
        let response = service.order().header("authorization", credentials).response().await;
        assert_eq!(response.status(), 401, "{credentials}");
        assert!(response.headers().contains_key("www-authenticate"));
    }
}

#[tokio::test]
async fn a_broken_rule_is_named_by_its_place() {
    let service = Service::new().await;
    let cases = [
        (r#"{"items": [{"section": "A", "quantity": "500"}]}"#, "/items/0/quantity"),
        (r#"{"items": [{"section": "A", "quantity": 1.5}]}"#, "/items/0/quantity"),
        (r#"{"items": [{"section": "A", "quantity": 9223372036854775808}]}"#, "/items/0/quantity"),
        (r#"{"items": [{"section": "A"}]}"#, "/items/0/quantity"),
        (r#"{"items": [{"section": 7, "quantity": 1}]}"#, "/items/0/section"),
        (r#"{"items": [{"section": "A\u0000", "quantity": 1}]}"#, "/items/0/section"),
        (r#"{"items": [], "user_id": "somebody"}"#, "/user_id"),
        (r#"{"items": [{"section": "A", "quantity": 1, "price": 1}]}"#, "/items/0/price"),
        (BROKEN, "/items/0/quantity"),
        ("{}", "/items"),
        ("[]", ""),
        (r#"[[{"section": "A", "quantity": 1}]]"#, ""),
        (r#"{"items": [["A", 1]]}"#, "/items/0"),
        ("null", ""),
        ("7e999", ""),
    ];
    for (body, pointer) in cases {
        let (status, answer) = service.order().json(body).answer().await;
        assert_eq!(status, 422, "{body}: {answer}");
        assert_eq!(answer["errors"][0]["pointer"], pointer, "{body}: {answer}");
    }
}

#[tokio::test]
async fn all_broken_rules_are_named_at_once() {
    let service = Service::new().await;
    let body = json!({ "items": [{ "section": "A", "quantity": 21 }, { "section": "A", "quantity": -5 }] });
    let (_, answer) = service.order().json(&body.to_string()).answer().await;
    assert_eq!(answer["errors"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn what_is_not_json_is_malformed() {
    let service = Service::new().await;
    let deep = "[".repeat(100_000);
    for body in ["", "{", "{'items': []}", r#"{"items": [], "items": []}"#, "{} {}", "\u{feff}{}", &deep] {
        let refused = service.order().json(body).refused().await;
        assert_eq!(refused, problem(400, "malformed-json"), "{}", &body[..body.len().min(30)]);
    }
}

#[tokio::test]
async fn the_media_type_must_be_json() {
    let service = Service::new().await;
    for media in ["text/plain", "application/x-www-form-urlencoded", "json"] {
        let refused = service.order().header("content-type", media).refused().await;
        assert_eq!(refused, problem(415, "unsupported-media-type"), "{media}");
    }
    for media in ["application/json; charset=utf-8", "Application/JSON"] {
        assert_eq!(service.order().header("content-type", media).answer().await.0, 201, "{media}");
    }
}

#[tokio::test]
async fn a_command_needs_a_key() {
    let service = Service::new().await;
    let missing = problem(400, "idempotency-key-missing");
    assert_eq!(service.order().without("idempotency-key").refused().await, missing);
    for key in ["", &"k".repeat(256)] {
        assert_eq!(service.order().header("idempotency-key", key).refused().await, missing, "{key}");
    }
}

#[tokio::test]
async fn the_same_request_has_the_same_fingerprint_however_it_is_written() {
    let service = Service::new().await;
    let of = async |body: &str| service.order().json(body).answer().await.1["fingerprint"].clone();
    let first = of(r#"{"items": [{"section": "A", "quantity": 1}]}"#).await;
    assert!(first.is_array());
    assert_eq!(first, of(r#"{ "items":[{"quantity":1,"section":"\u0041"}] }"#).await);
    assert_ne!(first, of(r#"{"items": [{"section": "A", "quantity": 2}]}"#).await);
}

#[tokio::test]
async fn an_action_needs_no_body() {
    let service = Service::new().await;
    let id = Uuid::new_v4();
    let approve = || {
        let sent = service.send(Method::POST, &format!("/v1/orders/{id}/approve"));
        sent.by_operator().header("idempotency-key", "k")
    };
    assert_eq!(approve().answer().await, (200, json!({ "order_id": id })));
    assert_eq!(approve().json("{}").answer().await.0, 200);
    assert_eq!(approve().json("[]").answer().await.0, 422);
}

#[tokio::test]
async fn a_change_rests_on_the_version_that_was_read() {
    let service = Service::new().await;
    let put = || service.send(Method::PUT, &format!("/v1/shows/{}", Uuid::new_v4())).signed_in();
    assert_eq!(put().refused().await, problem(428, "precondition-required"));
    assert_eq!(put().header("if-match", "\"2\"").refused().await, problem(412, "precondition-failed"));
    let response = put().header("if-match", "\"3\"").response().await;
    assert_eq!((response.status().as_u16(), response.headers()["etag"].to_str().unwrap()), (200, "\"4\""));
}

#[tokio::test]
async fn unknown_and_impossible_ids_get_the_same_body() {
    let service = Service::new().await;
    let ask = async |id: &str| {
        let (status, mut body) =
            service.send(Method::GET, &format!("/v1/orders/{id}")).signed_in().answer().await;
        body["request_id"] = Value::Null;
        (status, body)
    };
    let unknown = ask(&Uuid::new_v4().to_string()).await;
    assert_eq!(unknown.0, 404);
    for id in ["7", "%00", "%ff", "..%2f..", "' or 1=1", &Uuid::new_v4().simple().to_string()] {
        let id = id.replace(' ', "%20");
        assert_eq!(ask(&id).await, unknown, "{id}");
    }
}

#[tokio::test]
async fn a_list_comes_in_pages_that_miss_nothing() {
    let service = Service::new().await;
    let (mut seen, mut path) = (Vec::new(), "/v1/orders?limit=7".to_owned());
    loop {
        let (status, page) = service.send(Method::GET, &path).signed_in().answer().await;
        assert_eq!(status, 200, "{page}");
        seen.extend(page["data"].as_array().unwrap().iter().map(|n| n.as_i64().unwrap()));
        let Some(cursor) = page["next_cursor"].as_str() else { break };
        path = format!("/v1/orders?limit=7&cursor={cursor}");
    }
    assert_eq!(seen, (1..50).rev().collect::<Vec<_>>());
}

#[tokio::test]
async fn wrong_query_parameters_are_named() {
    let service = Service::new().await;
    let sent = service.send(Method::GET, "/v1/orders?limit=0&cursor=!&colour=red").signed_in();
    let (status, body) = sent.answer().await;
    assert_eq!(status, 422);
    let named: Vec<&str> =
        body["errors"].as_array().unwrap().iter().map(|e| e["parameter"].as_str().unwrap()).collect();
    assert_eq!(named, ["limit", "cursor", "colour"]);
}

#[tokio::test]
async fn a_sign_up_needs_no_credentials() {
    let service = Service::without_postgres(true);
    let mirror = || service.send(Method::POST, "/v1/mirror");
    assert_eq!(mirror().json(r#"{"items": []}"#).answer().await, (200, json!({ "items": 0 })));
    assert_eq!(mirror().json(BROKEN).answer().await.0, 422);
    assert_eq!(mirror().json(&" ".repeat(300_000)).refused().await, problem(413, "body-too-large"));
}

#[tokio::test]
async fn without_postgres_a_caller_is_asked_to_come_back() {
    let response = Service::without_postgres(true).order().response().await;
    assert_eq!(response.status(), 503);
    assert!(response.headers().contains_key("retry-after"));
}
