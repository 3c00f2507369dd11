//! A request with several faults is told the first of them, in the order that the contract fixes.

use http::Method;
use serde_json::{Value, json};

use crate::support::{BoxOffice, order, show};

const KEY: [(&str, &str); 1] = [("idempotency-key", "k")];
const UNKNOWN: &str = "0199aa00-0000-7000-8000-000000000001";

#[tokio::test(flavor = "multi_thread")]
async fn each_check_comes_before_the_next() {
    let office = BoxOffice::open().await;
    let show_id = office.standing(5).await;
    let (stranger, customer) = (office.stranger(), office.customer().await);
    let huge = "x".repeat(300_000);
    let plain = [("content-type", "text/plain")];
    let cancel = "/v1/orders/no-id/cancel";
    let sold_out = order(&show_id, 6).to_string();
    for (client, path, headers, body, expected) in [
        (&stranger, "/v1/orders", &[][..], huge.as_str(), (413, "body-too-large")),
        (&stranger, "/v1/orders", &[], "{", (401, "unauthenticated")),
        (&customer, "/v1/shows", &[], "{", (403, "forbidden")),
        (&customer, "/v1/orders", &plain, "{", (415, "unsupported-media-type")),
        (&customer, "/v1/orders", &[], "{", (400, "malformed-json")),
        (&customer, "/v1/orders", &[], "{\"a\":1,\"a\":2}", (400, "malformed-json")),
        (&customer, "/v1/orders", &[], "{}", (422, "invalid")),
        (&customer, cancel, &[], "", (400, "idempotency-key-missing")),
        (&customer, cancel, &KEY, "", (404, "not-found")),
        (&customer, "/v1/orders", &KEY, &sold_out, (409, "not-enough-available")),
    ] {
        let reply = client.send(Method::POST, path, headers, body.to_owned()).await;
        assert_eq!(reply.problem(), expected, "{path} {}", &body[..body.len().min(80)]);
        assert_eq!(reply.headers["content-type"], "application/problem+json");
        assert_eq!(reply.headers["x-request-id"], reply.text("request_id").as_str());
    }
    assert_eq!(office.new_events().await, Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_was_used_is_told_before_a_show_that_is_unknown() {
    let office = BoxOffice::open().await;
    let show_id = office.standing(5).await;
    let customer = office.customer().await;
    customer.post_with_key("/v1/orders", order(&show_id, 1), "k").await.ok(201);
    let reply = customer.post_with_key("/v1/orders", order(UNKNOWN, 1), "k").await;
    assert_eq!(reply.problem(), (422, "idempotency-key-reused"));
    let reply = customer.post("/v1/orders", order(UNKNOWN, 1)).await;
    assert_eq!(reply.problem(), (404, "not-found"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_show_of_somebody_else_is_not_found_before_if_match_is_looked_at() {
    let office = BoxOffice::open().await;
    let (owner, other) = (office.organizer().await, office.organizer().await);
    let id = owner.post("/v1/shows", show()).await.ok(201).text("show_id");
    owner.post(&format!("/v1/shows/{id}/publish"), Value::Null).await.ok(200);
    let mut fixed = show();
    fixed["currency"] = "USD".into();
    let path = format!("/v1/shows/{id}");
    for if_match in [None, Some("\"9\""), Some("*")] {
        assert_eq!(other.put(&path, if_match, fixed.clone()).await.problem(), (404, "not-found"));
    }
    assert_eq!(owner.put(&path, None, fixed.clone()).await.problem(), (428, "precondition-required"));
    assert_eq!(owner.put(&path, Some("\"1\""), fixed.clone()).await.problem(), (412, "precondition-failed"));
    assert_eq!(owner.put(&path, Some("\"2\""), fixed).await.problem(), (409, "show-field-fixed"));
    assert_eq!(owner.put(&path, None, json!({})).await.problem(), (422, "invalid"));
}

#[tokio::test(flavor = "multi_thread")]
async fn unknown_another_s_and_no_id_at_all_have_one_answer() {
    let office = BoxOffice::open().await;
    let show_id = office.standing(5).await;
    let placed =
        office.customer().await.post("/v1/orders", order(&show_id, 1)).await.ok(201).text("order_id");
    let customer = office.customer().await;
    let mut bodies = Vec::new();
    for id in [placed.as_str(), UNKNOWN, "no-id", "1", "%00", "%ff", &placed.replace('-', "")] {
        let mut reply = customer.post(&format!("/v1/orders/{id}/cancel"), Value::Null).await;
        assert_eq!(reply.problem(), (404, "not-found"), "{id}");
        reply.body["request_id"].take();
        bodies.push(reply.body);
    }
    assert!(bodies.iter().all(|body| *body == bodies[0]), "{bodies:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_there_says_so() {
    let office = BoxOffice::open().await;
    let operator = office.operator().await;
    let show_id = office.standing(5).await;
    for path in [
        "/v1/nothing".to_owned(),
        format!("/v1/orders/{UNKNOWN}/refund"),
        format!("/v1/shows/{show_id}/open"),
    ] {
        let reply = operator.post(&path, json!({})).await;
        assert_eq!(reply.problem(), (404, "not-found"), "{path}");
    }
    let reply = operator.send(Method::GET, "/v1/orders", &[], String::new()).await;
    assert_eq!(reply.problem(), (405, "method-not-allowed"));
    assert_eq!(reply.headers["allow"], "POST");
}
