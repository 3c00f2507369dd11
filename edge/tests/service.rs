//! What stands around every service.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]
#![allow(dead_code, reason = "the support is shared with the tests of requests")]

mod support;

use http::Method;
use http_body_util::BodyExt;
use serde_json::json;
use support::Service;

fn problem(status: u16, name: &str) -> (u16, String) {
    (status, name.to_owned())
}

#[tokio::test]
async fn every_answer_carries_a_request_id() {
    let service = Service::without_postgres(true);
    for path in ["/healthz", "/nowhere", "/fail/panic", "/docs/"] {
        let response = service.send(Method::GET, path).header("x-request-id", "mine-1").response().await;
        assert_eq!(response.headers()["x-request-id"], "mine-1", "{path}");
        let response =
            service.send(Method::GET, path).header("x-request-id", "ada@example.org").response().await;
        assert_eq!(response.headers()["x-request-id"].len(), 36, "{path}");
    }
}

#[tokio::test]
async fn a_problem_names_the_request_it_answers() {
    let service = Service::without_postgres(true);
    let response = service.send(Method::GET, "/nowhere").header("x-request-id", "mine-1").response().await;
    assert_eq!(response.headers()["content-type"], "application/problem+json");
    let bytes = response.into_body().collect().await.unwrap().to_bytes();
    let body: serde_json::Value = serde_json::from_slice(&bytes).unwrap();
    assert_eq!(body["request_id"], "mine-1");
    assert_eq!(body["type"], "urn:stagedoor:problem:not-found");
}

#[tokio::test]
async fn a_trace_reaches_the_handler() {
    let service = Service::new().await;
    let trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    let (_, body) = service.order().header("traceparent", trace).answer().await;
    assert_eq!(body["trace"], trace);
    let (_, body) = service.order().header("traceparent", "nonsense").answer().await;
    assert_eq!(body["trace"].as_str().unwrap().len(), trace.len());
}

#[tokio::test]
async fn a_wrong_method_is_told_the_right_ones() {
    let service = Service::without_postgres(true);
    let response = service.send(Method::PATCH, "/v1/orders").response().await;
    assert_eq!(response.headers()["allow"], "POST,GET,HEAD");
    assert_eq!(service.send(Method::PATCH, "/v1/orders").refused().await, problem(405, "method-not-allowed"));
}

#[tokio::test]
async fn a_panic_and_an_error_show_no_internals() {
    let service = Service::without_postgres(true);
    for how in ["panic", "sql"] {
        let (status, body) = service.send(Method::GET, &format!("/fail/{how}")).answer().await;
        assert_eq!(status, 500);
        assert_eq!(body["type"], "urn:stagedoor:problem:internal");
        assert!(!body.to_string().contains("secret"), "{body}");
    }
}

#[tokio::test]
async fn a_request_that_hangs_is_answered() {
    let service = Service::impatient();
    assert_eq!(service.send(Method::GET, "/fail/hang").refused().await, problem(503, "timeout"));
}

#[tokio::test]
async fn readiness_names_what_is_missing() {
    let ready = Service::without_postgres(true).send(Method::GET, "/readyz").answer().await;
    assert_eq!(ready, (200, json!({ "checks": { "log": "ok" } })));
    let unready = Service::without_postgres(false).send(Method::GET, "/readyz").answer().await;
    assert_eq!(unready, (503, json!({ "checks": { "log": "is away" } })));
}

#[tokio::test]
async fn head_is_answered_without_a_body() {
    let service = Service::without_postgres(true);
    for (path, status) in [("/healthz", 200), ("/nowhere", 404)] {
        let response = service.send(Method::HEAD, path).response().await;
        assert_eq!(response.status(), status);
        assert!(response.into_body().collect().await.unwrap().to_bytes().is_empty(), "{path}");
    }
}

#[tokio::test]
async fn requests_are_counted_by_route_and_not_by_path() {
    edge::metrics::install();
    let service = Service::without_postgres(true);
    for path in ["/v1/orders/1", "/v1/orders/2", "/no/where"] {
        service.send(Method::GET, path).response().await;
    }
    let response = service.send(Method::GET, "/metrics").response().await;
    let text = response.into_body().collect().await.unwrap().to_bytes();
    let text = String::from_utf8(text.to_vec()).unwrap();
    let counted =
        |line: &&str| line.starts_with("http_requests_total") && line.contains("\"/v1/orders/{id}\"");
    assert!(text.lines().find(counted).is_some_and(|line| line.ends_with(" 2")), "{text}");
    assert!(
        text.contains("path=\"unmatched\"") && text.contains("http_request_duration_seconds_bucket"),
        "{text}"
    );
}

#[tokio::test]
async fn the_description_and_its_reader_are_served_without_a_network() {
    let service = Service::without_postgres(true);
    assert_eq!(service.send(Method::GET, "/openapi.json").answer().await.1["openapi"], "3.1.0");
    for path in ["/docs/", "/docs/swagger-ui-bundle.js"] {
        let response = service.send(Method::GET, path).response().await;
        assert_eq!(response.status(), 200, "{path}");
    }
    let initializer = service.send(Method::GET, "/docs/swagger-initializer.js").response().await;
    let text = initializer.into_body().collect().await.unwrap().to_bytes();
    assert!(String::from_utf8_lossy(&text).contains("/openapi.json"));
}

#[tokio::test]
async fn a_taken_port_names_its_holder_and_the_setting() {
    let first = edge::bind("127.0.0.1:0".parse().unwrap(), "STAGEDOOR_TEST_LISTEN").await.unwrap();
    let error = edge::bind(first.local_addr().unwrap(), "STAGEDOOR_TEST_LISTEN").await.unwrap_err();
    let said = error.to_string();
    assert!(said.contains("STAGEDOOR_TEST_LISTEN"), "{said}");
    if cfg!(target_os = "linux") {
        assert!(said.contains(&format!("pid {}", std::process::id())), "{said}");
    }
}
