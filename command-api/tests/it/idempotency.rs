//! A key stands for one request of one caller.

use futures::future::join_all;
use serde_json::{Value, json};

use crate::support::{BoxOffice, Reply, order};

fn is_replay(reply: &Reply) -> bool {
    reply.headers.get("idempotency-replayed").is_some_and(|value| value == "true")
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_key_200_times_at_once_has_one_effect_and_one_answer() {
    let office = BoxOffice::open().await;
    let show = office.standing(100).await;
    let customer = office.customer().await;
    let same = (0..200).map(|_| customer.post_with_key("/v1/orders", order(&show, 2), "the-key"));
    let replies = join_all(same).await;
    for reply in &replies {
        assert_eq!(reply.status, 201, "{reply:?}");
        assert_eq!(reply.body, replies[0].body);
        assert_eq!(reply.headers["x-position"], replies[0].headers["x-position"]);
    }
    assert_eq!(replies.iter().filter(|reply| !is_replay(reply)).count(), 1);
    assert_eq!(office.new_events().await.len(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_replay_answers_as_the_first_time_whatever_happened_since() {
    let office = BoxOffice::open().await;
    let show = office.standing(5).await;
    let customer = office.customer().await;
    let first = customer.post_with_key("/v1/orders", order(&show, 5), "k").await.ok(201);
    let cancel = format!("/v1/orders/{}/cancel", first.text("order_id"));
    let cancelled = customer.post_with_key(&cancel, Value::Null, "c").await.ok(200);
    office.new_events().await;
    let again = customer.post_with_key("/v1/orders", order(&show, 5), "k").await.ok(201);
    assert!(is_replay(&again) && !is_replay(&first));
    assert_eq!(again.body, first.body);
    let again = customer.post_with_key(&cancel, json!({}), "c").await.ok(200);
    assert!(is_replay(&again));
    assert_eq!(again.body, cancelled.body);
    assert_eq!(office.new_events().await, Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_request_may_be_written_differently() {
    let office = BoxOffice::open().await;
    let show = office.standing(5).await;
    let customer = office.customer().await;
    let first = customer.post_with_key("/v1/orders", order(&show, 1), "k").await.ok(201);
    let other = format!(
        "{{ \"items\": [ {{\"quantity\":1, \"section\":\"S\"}} ],\n \"payment_method\":\"manual\", \"show_id\":\"{show}\" }}"
    );
    let headers = [("idempotency-key", "k")];
    let again = customer.send(http::Method::POST, "/v1/orders", &headers, other).await.ok(201);
    assert_eq!(again.body, first.body);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_used_for_another_body_or_path_is_refused() {
    let office = BoxOffice::open().await;
    let show = office.standing(5).await;
    let customer = office.customer().await;
    let first = customer.post_with_key("/v1/orders", order(&show, 1), "k").await.ok(201);
    office.new_events().await;
    let other_body = customer.post_with_key("/v1/orders", order(&show, 2), "k").await;
    assert_eq!(other_body.problem(), (422, "idempotency-key-reused"));
    let cancel = format!("/v1/orders/{}/cancel", first.text("order_id"));
    let other_path = customer.post_with_key(&cancel, Value::Null, "k").await;
    assert_eq!(other_path.problem(), (422, "idempotency-key-reused"));
    assert_eq!(office.new_events().await, Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn another_caller_s_key_is_another_key() {
    let office = BoxOffice::open().await;
    let show = office.standing(5).await;
    let (ada, bob) = (office.customer().await, office.customer().await);
    let hers = ada.post_with_key("/v1/orders", order(&show, 1), "k").await.ok(201);
    let his = bob.post_with_key("/v1/orders", order(&show, 2), "k").await.ok(201);
    assert!(!is_replay(&his));
    assert_ne!(hers.body["order_id"], his.body["order_id"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_request_runs_again_with_the_same_key() {
    let office = BoxOffice::open().await;
    let show = office.standing(5).await;
    let (ada, bob) = (office.customer().await, office.customer().await);
    let all = ada.post("/v1/orders", order(&show, 5)).await.ok(201).text("order_id");
    let refused = bob.post_with_key("/v1/orders", order(&show, 1), "k").await;
    assert_eq!(refused.problem(), (409, "not-enough-available"));
    ada.post(&format!("/v1/orders/{all}/cancel"), Value::Null).await.ok(200);
    let placed = bob.post_with_key("/v1/orders", order(&show, 1), "k").await.ok(201);
    assert!(!is_replay(&placed));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_command_needs_one_key_of_1_to_255_characters() {
    let office = BoxOffice::open().await;
    let show = office.standing(5).await;
    let customer = office.customer().await;
    let long = "k".repeat(256);
    let wrong: [&[(&str, &str)]; 4] = [
        &[],
        &[("idempotency-key", "")],
        &[("idempotency-key", &long)],
        &[("idempotency-key", "a"), ("idempotency-key", "b")],
    ];
    for headers in wrong {
        let reply =
            customer.send(http::Method::POST, "/v1/orders", headers, order(&show, 1).to_string()).await;
        assert_eq!(reply.problem(), (400, "idempotency-key-missing"), "{headers:?}");
    }
    customer.post_with_key("/v1/orders", order(&show, 1), &long[..255]).await.ok(201);
}
