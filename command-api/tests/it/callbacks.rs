//! What providers tell: believed by its signature, and taken once.

use event_store::{Clock, SystemClock};
use http::Method;
use providers::signature::Secrets;
use serde_json::{Value, json};

use crate::support::{BoxOffice, CALLBACK_SECRET, Reply, STRIPE_SECRET, order};

async fn pending(office: &BoxOffice) -> String {
    let show = office.standing(5).await;
    let mut body = order(&show, 2);
    body["payment_method"] = json!("card");
    let order = office.customer().await.post("/v1/orders", body).await.ok(201);
    assert_eq!(order.body["status"], "pending");
    office.new_events().await;
    order.text("payment_id")
}

fn succeeded(payment: &str) -> Value {
    json!({"payment_id": payment, "provider_reference": "ch_1", "status": "succeeded"})
}

fn failed(payment: &str) -> Value {
    json!({"payment_id": payment, "provider_reference": "ch_1", "status": "failed", "reason": "declined"})
}

fn now() -> i64 {
    SystemClock.now().timestamp()
}

async fn send(office: &BoxOffice, id: &str, at: i64, body: &Value) -> Reply {
    let body = body.to_string();
    let signature = Secrets::standard(CALLBACK_SECRET).unwrap().sign_standard(id, at, body.as_bytes());
    let at = at.to_string();
    let headers =
        [("webhook-id", id), ("webhook-timestamp", at.as_str()), ("webhook-signature", signature.as_str())];
    office.stranger().send(Method::POST, "/v1/payments/callback", &headers, body).await
}

async fn send_stripe(office: &BoxOffice, body: &Value) -> Reply {
    let body = body.to_string();
    let signature = Secrets::stripe(STRIPE_SECRET).unwrap().sign_stripe(now(), body.as_bytes());
    let headers = [("stripe-signature", signature.as_str())];
    office.stranger().send(Method::POST, "/v1/payments/stripe/webhook", &headers, body).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_callback_settles_its_payment_once_however_often_it_comes() {
    let office = BoxOffice::open().await;
    let payment = pending(&office).await;
    for _ in 0..3 {
        let reply = send(&office, "msg_1", now(), &succeeded(&payment)).await.ok(200);
        assert_eq!((&reply.body["status"], &reply.body["amount"]), (&json!("succeeded"), &json!(2140)));
    }
    send(&office, "msg_2", now(), &succeeded(&payment)).await.ok(200);
    let late = send(&office, "msg_3", now(), &failed(&payment)).await.ok(200);
    assert_eq!(late.body["status"], "succeeded", "a failure after a success changes nothing");
    let mut events = office.new_events().await;
    events.sort();
    let once = ["OrderConfirmed", "PaymentSucceeded", "SeatsCommitted", "TicketIssued", "TicketIssued"];
    assert_eq!(events, once);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_that_comes_again_is_answered_as_the_first_time() {
    let office = BoxOffice::open().await;
    let payment = pending(&office).await;
    let first = send(&office, "msg_1", now(), &failed(&payment)).await.ok(200);
    let late = send(&office, "msg_2", now(), &succeeded(&payment)).await.ok(200);
    assert_eq!((&first.body["status"], &late.body["status"]), (&json!("failed"), &json!("succeeded")));
    office.new_events().await;
    let again = send(&office, "msg_1", now(), &failed(&payment)).await.ok(200);
    assert_eq!(again.body, first.body);
    assert_eq!(office.new_events().await, Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failed_payment_gives_the_seats_back_with_its_reason() {
    let office = BoxOffice::open().await;
    let payment = pending(&office).await;
    let reply = send(&office, "msg_1", now(), &failed(&payment)).await.ok(200);
    assert_eq!((&reply.body["status"], &reply.body["reason"]), (&json!("failed"), &json!("declined")));
    let mut events = office.new_events().await;
    events.sort();
    assert_eq!(events, ["OrderFailed", "PaymentFailed", "SeatsReleased"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_account_here_did_not_pay_nobody_else_says_is_paid() {
    let office = BoxOffice::open().await;
    let mut body = order(&office.standing(5).await, 2);
    body["payment_method"] = json!("wallet");
    let order = office.customer().await.post("/v1/orders", body).await.ok(201);
    assert_eq!(order.body["status"], "failed");
    office.new_events().await;
    let told = send(&office, "msg_1", now(), &succeeded(&order.text("payment_id"))).await;
    assert_eq!(told.problem(), (409, "payment-method-unavailable"));
    assert_eq!(office.new_events().await, Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_callback_that_is_not_the_providers_or_not_of_now_is_not_believed() {
    let office = BoxOffice::open().await;
    let payment = pending(&office).await;
    for at in [now() - 310, now() + 310] {
        assert_eq!(
            send(&office, "msg_1", at, &succeeded(&payment)).await.problem(),
            (401, "unauthenticated")
        );
    }
    let body = succeeded(&payment).to_string();
    let at = now().to_string();
    let wrong = Secrets::standard("whsec_c29tZWJvZHkgZWxzZSdzIHNlY3JldA==").unwrap();
    let signature = wrong.sign_standard("msg_1", now(), body.as_bytes());
    for headers in [
        vec![],
        vec![("webhook-id", "msg_1"), ("webhook-timestamp", at.as_str())],
        vec![
            ("webhook-id", "msg_1"),
            ("webhook-timestamp", at.as_str()),
            ("webhook-signature", signature.as_str()),
        ],
    ] {
        let stranger = office.stranger();
        let reply = stranger.send(Method::POST, "/v1/payments/callback", &headers, body.clone()).await;
        assert_eq!(reply.problem(), (401, "unauthenticated"));
    }
    assert_eq!(office.new_events().await, Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_payment_is_not_found_and_a_broken_body_is_pointed_at() {
    let office = BoxOffice::open().await;
    let unknown = "0199aa00-0000-7000-8000-00000000beef";
    assert_eq!(send(&office, "msg_1", now(), &succeeded(unknown)).await.problem(), (404, "not-found"));
    let mut body = succeeded(unknown);
    body["status"] = json!("maybe");
    assert_eq!(send(&office, "msg_2", now(), &body).await.pointers(), ["/status"]);
    body = failed(unknown);
    body["reason"] = json!("");
    assert_eq!(send(&office, "msg_3", now(), &body).await.pointers(), ["/reason"]);
}

fn stripe_event(id: &str, kind: &str, payment: &str, status: &str, error: &Value) -> Value {
    json!({"id": id, "object": "event", "type": kind, "data": {"object": {
        "id": "pi_1", "object": "payment_intent", "status": status, "amount": 2140, "currency": "eur",
        "metadata": {"payment_id": payment}, "last_payment_error": error,
    }}})
}

#[tokio::test(flavor = "multi_thread")]
async fn stripe_is_believed_by_its_own_signature_and_taken_once() {
    let office = BoxOffice::open().await;
    let payment = pending(&office).await;
    let event = stripe_event("evt_1", "payment_intent.succeeded", &payment, "succeeded", &Value::Null);
    for _ in 0..2 {
        assert_eq!(send_stripe(&office, &event).await.ok(200).body, json!({"received": true}));
    }
    let error = json!({"code": "card_declined"});
    let late =
        stripe_event("evt_0", "payment_intent.payment_failed", &payment, "requires_payment_method", &error);
    send_stripe(&office, &late).await.ok(200);
    let mut events = office.new_events().await;
    events.sort();
    let once = ["OrderConfirmed", "PaymentSucceeded", "SeatsCommitted", "TicketIssued", "TicketIssued"];
    assert_eq!(events, once);
    let other = json!({"id": "evt_2", "type": "customer.created", "data": {"object": {}}});
    send_stripe(&office, &other).await.ok(200);
    let headers = [("stripe-signature", "t=1,v1=00")];
    let stranger = office.stranger();
    let forged =
        stranger.send(Method::POST, "/v1/payments/stripe/webhook", &headers, event.to_string()).await;
    assert_eq!(forged.problem(), (401, "unauthenticated"));
}
