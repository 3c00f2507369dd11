//! Placing and giving up orders.

use serde_json::{Value, json};

use crate::support::{BoxOffice, order, seats};

const PLACED: [&str; 3] = ["SeatsReserved", "OrderPlaced", "PaymentRequested"];

fn rows() -> Value {
    json!([
        {"code": "P", "name": "Parkett", "price": 4500, "rows": [{"row": "A", "seats": 4}, {"row": "B", "seats": 3}]},
        {"code": "S", "name": "Standing", "price": 1000, "capacity": 5},
    ])
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_holds_its_seats_at_the_prices_of_the_moment() {
    let office = BoxOffice::open().await;
    let (_, show) = office.show(rows()).await;
    let body = json!({"show_id": show, "payment_method": "manual",
        "items": [{"section": "S", "quantity": 1}, {"seats": ["A-1", "A-2"]}]});
    let reply = office.customer().await.post("/v1/orders", body).await.ok(201);
    let placed = &reply.body;
    assert_eq!(placed["status"], "pending");
    assert_eq!(placed["show_id"], show);
    assert_eq!(placed["lines"].as_array().unwrap().len(), 3);
    assert!(
        placed["lines"].as_array().unwrap().contains(&json!({"section": "P", "seat": "A-1", "price": 4500}))
    );
    assert!(placed["lines"].as_array().unwrap().contains(&json!({"section": "S", "price": 1000})));
    assert_eq!((&placed["subtotal"], &placed["tax"]), (&json!(10_000), &json!(700)));
    assert_eq!((&placed["total"], &placed["currency"]), (&json!(10_700), &json!("EUR")));
    assert_eq!(placed.get("reason"), None);
    let time =
        |member: &str| placed[member].as_str().unwrap().parse::<chrono::DateTime<chrono::Utc>>().unwrap();
    assert_eq!((time("held_until") - time("created_at")).num_seconds(), 900);
    let mut events = office.new_log().await;
    assert_eq!(reply.position(), events.last().unwrap().position);
    assert_eq!(reply.headers["x-position"], reply.position().to_string().as_str());
    events.sort_by_key(|event| PLACED.iter().position(|name| *name == event.event_type));
    assert_eq!(events.iter().map(|event| event.event_type.as_str()).collect::<Vec<_>>(), PLACED);
}

#[tokio::test(flavor = "multi_thread")]
async fn events_name_their_user_their_order_and_the_trace_of_the_request_and_nobody_s_address() {
    let office = BoxOffice::open().await;
    let show = office.standing(5).await;
    let customer = office.customer().await;
    let trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    let headers = [("idempotency-key", "k"), ("traceparent", trace), ("x-request-id", "req-1")];
    let body = order(&show, 1).to_string();
    let reply = customer.send(http::Method::POST, "/v1/orders", &headers, body).await.ok(201);
    assert_eq!(reply.headers["x-request-id"], "req-1");
    for event in office.new_log().await {
        let metadata = event.metadata().unwrap();
        assert_eq!(metadata.actor, customer.user_id.map(domain::UserId::uuid));
        assert_eq!(metadata.traceparent.as_deref(), Some(trace));
        assert_eq!(metadata.correlation.to_string(), reply.text("order_id"));
        assert!(!event.data.contains('@') && !event.metadata.contains('@'), "{}", event.data);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_of_nothing_to_pay_is_confirmed_at_once() {
    let office = BoxOffice::open().await;
    let (_, show) = office.show(json!([{"code": "S", "name": "Free", "price": 0, "capacity": 5}])).await;
    let reply = office.customer().await.post("/v1/orders", order(&show, 2)).await.ok(201);
    assert_eq!((&reply.body["status"], &reply.body["total"]), (&json!("confirmed"), &json!(0)));
    let events = office.new_events().await;
    assert_eq!(events.iter().filter(|name| *name == "TicketIssued").count(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn more_than_are_available_are_refused_with_how_many_there_are() {
    let office = BoxOffice::open().await;
    let show = office.standing(5).await;
    let customer = office.customer().await;
    customer.post("/v1/orders", order(&show, 3)).await.ok(201);
    office.new_events().await;
    let reply = customer.post("/v1/orders", order(&show, 3)).await;
    assert_eq!(reply.problem(), (409, "not-enough-available"));
    assert_eq!(reply.body["available"], 2);
    assert_eq!(office.new_events().await, Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn seats_that_are_taken_are_named() {
    let office = BoxOffice::open().await;
    let (_, show) = office.show(rows()).await;
    let customer = office.customer().await;
    customer.post("/v1/orders", seats(&show, &["A-2"])).await.ok(201);
    office.new_events().await;
    let reply = customer.post("/v1/orders", seats(&show, &["A-1", "A-2"])).await;
    assert_eq!(reply.problem(), (409, "seats-taken"));
    assert_eq!(reply.body["seats"], json!(["A-2"]));
    assert_eq!(office.new_events().await, Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn seats_apart_are_sold_only_to_who_accepts_them() {
    let office = BoxOffice::open().await;
    let (_, show) = office.show(rows()).await;
    let customer = office.customer().await;
    let mut body = json!({"show_id": show, "payment_method": "manual",
        "items": [{"section": "P", "quantity": 5}]});
    let reply = customer.post("/v1/orders", body.clone()).await;
    assert_eq!(reply.problem(), (409, "no-adjacent-seats"));
    assert_eq!(reply.body["largest_block"], 4);
    body["items"][0]["adjacent"] = false.into();
    customer.post("/v1/orders", body).await.ok(201);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_customer_gets_no_more_than_the_show_s_limit() {
    let office = BoxOffice::open().await;
    let organizer = office.organizer().await;
    let mut body = crate::support::show();
    body["max_per_customer"] = 2.into();
    let show = organizer.post("/v1/shows", body).await.ok(201).text("show_id");
    organizer.post(&format!("/v1/shows/{show}/publish"), Value::Null).await.ok(200);
    let customer = office.customer().await;
    customer.post("/v1/orders", order(&show, 2)).await.ok(201);
    let reply = customer.post("/v1/orders", order(&show, 1)).await;
    assert_eq!(reply.problem(), (409, "customer-limit"));
    assert_eq!(reply.body["limit"], 2);
    office.customer().await.post("/v1/orders", order(&show, 2)).await.ok(201);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_draft_is_not_found_and_a_closed_show_not_on_sale() {
    let office = BoxOffice::open().await;
    let (organizer, customer) = (office.organizer().await, office.customer().await);
    let show = organizer.post("/v1/shows", crate::support::show()).await.ok(201).text("show_id");
    let reply = customer.post("/v1/orders", order(&show, 1)).await;
    assert_eq!(reply.problem(), (404, "not-found"));
    organizer.post(&format!("/v1/shows/{show}/publish"), Value::Null).await.ok(200);
    organizer.post(&format!("/v1/shows/{show}/close"), Value::Null).await.ok(200);
    let reply = customer.post("/v1/orders", order(&show, 1)).await;
    assert_eq!(reply.problem(), (409, "show-not-on-sale"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_card_waits_for_its_provider_and_other_words_are_no_method() {
    let office = BoxOffice::open().await;
    let show = office.standing(5).await;
    let customer = office.customer().await;
    let with = |method: &str| {
        let mut body = order(&show, 1);
        body["payment_method"] = method.into();
        body
    };
    let reply = customer.post("/v1/orders", with("card")).await.ok(201);
    assert_eq!(reply.body["status"], "pending");
    assert_eq!(office.new_events().await, ["SeatsReserved", "OrderPlaced", "PaymentRequested"]);
    assert_eq!(customer.post("/v1/orders", with("free")).await.pointers(), ["/payment_method"]);
    assert_eq!(office.new_events().await, Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancelled_order_gives_back_exactly_its_seats_once() {
    let office = BoxOffice::open().await;
    let show = office.standing(5).await;
    let customer = office.customer().await;
    let placed = customer.post("/v1/orders", order(&show, 3)).await.ok(201).text("order_id");
    office.new_events().await;
    let cancel = format!("/v1/orders/{placed}/cancel");
    let reply = customer.post(&cancel, Value::Null).await.ok(200);
    assert_eq!((&reply.body["status"], reply.text("order_id")), (&json!("cancelled"), placed));
    let mut events = office.new_events().await;
    events.sort();
    assert_eq!(events, ["OrderCancelled", "PaymentCancelled", "SeatsReleased"]);
    let again = customer.post(&cancel, json!({})).await;
    assert_eq!(again.problem(), (409, "order-not-pending"));
    assert_eq!(again.body["current_status"], "cancelled");
    customer.post("/v1/orders", order(&show, 5)).await.ok(201);
    let reply = customer.post("/v1/orders", order(&show, 1)).await;
    assert_eq!(reply.body["available"], 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn another_s_order_is_cancelled_by_operators_only() {
    let office = BoxOffice::open().await;
    let show = office.standing(5).await;
    let placed = office.customer().await.post("/v1/orders", order(&show, 1)).await.ok(201).text("order_id");
    let cancel = format!("/v1/orders/{placed}/cancel");
    for other in [office.customer().await, office.organizer().await] {
        assert_eq!(other.post(&cancel, Value::Null).await.problem(), (404, "not-found"));
    }
    office.operator().await.post(&cancel, Value::Null).await.ok(200);
}
