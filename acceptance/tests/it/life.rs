//! The life of an order, as its customer, its operator and everybody else see it.

use std::time::Duration;

use serde_json::{Value, json};
use sqlx::types::chrono::{DateTime, Utc};

use crate::support::{House, Reply, audit::audit, eventually, quantity, standing};

const ALL_FREE: (u64, u64, u64) = (0, 0, 10);

/// Every status that a query tells, of an order and its payment.
async fn told(house: &House, placed: &Reply, position: i64) -> (String, String) {
    let order = house.customer.get_at(&format!("/v1/orders/{}", placed.text("order_id")), position).await;
    let payment =
        house.operator.get_at(&format!("/v1/payments/{}", placed.text("payment_id")), position).await;
    assert_eq!(order.body["payment"], payment.body, "the order tells of the payment what the payment tells");
    assert_eq!(payment.body["order_id"], placed.body["order_id"]);
    for (what, id) in [("orders", "order_id"), ("payments", "payment_id")] {
        let status = if what == "orders" { order.text("status") } else { payment.text("status") };
        let listed = house.customer.get_at(&format!("/v1/{what}?status={status}"), position).await;
        let found = listed.body["data"].as_array().unwrap().iter().any(|row| row[id] == placed.body[id]);
        assert!(found, "{what} in status {status}: {listed:?}");
    }
    (order.text("status"), payment.text("status"))
}

/// The events of an order's history, oldest first, with who did them.
async fn history(house: &House, placed: &Reply, position: i64) -> Vec<(String, String)> {
    let path = format!("/v1/orders/{}/history", placed.text("order_id"));
    let entries = house.customer.get_at(&path, position).await;
    let word = |value: &Value| value.as_str().unwrap().to_owned();
    let entries = entries.body["data"].as_array().unwrap().iter().rev();
    entries.map(|entry| (word(&entry["type"]), word(&entry["actor"]["kind"]))).collect()
}

fn events(expected: &[(&str, &str)]) -> Vec<(String, String)> {
    expected.iter().map(|(event, actor)| ((*event).to_owned(), (*actor).to_owned())).collect()
}

async fn seats(house: &House, show: &str, position: i64) -> Vec<(String, String)> {
    let plan = house.customer.get_at(&format!("/v1/shows/{show}/seats?section=HALL"), position).await;
    let word = |value: &Value| value.as_str().unwrap().to_owned();
    let seats = plan.body["data"].as_array().unwrap().iter();
    let taken = seats.filter(|seat| seat["status"] != "available");
    taken.map(|seat| (word(&seat["seat"]), word(&seat["status"]))).collect()
}

async fn stats(house: &House, position: i64) -> Value {
    house.operator.get_at("/v1/stats", position).await.body
}

#[tokio::test(flavor = "multi_thread")]
async fn an_approved_order_has_its_seats_and_its_tickets() {
    let house = House::open().await;
    let show = house
        .show(
            json!([{ "code": "HALL", "name": "Hall", "price": 999, "rows": [{ "row": "A", "seats": 10 }] }]),
        )
        .await;
    let placed = house
        .order(json!({ "show_id": show, "payment_method": "manual", "items": [{ "seats": ["A-4", "A-5"] }] }))
        .await;
    // 7 % of 19.98 is 1.3986.
    let amounts = ["subtotal", "tax", "total"].map(|member| placed.body[member].as_i64().unwrap());
    assert_eq!((placed.text("status").as_str(), amounts), ("pending", [1_998, 140, 2_138]));
    assert_eq!(told(&house, &placed, placed.position()).await, ("pending".into(), "pending".into()));
    assert_eq!(house.counts(&show, placed.position()).await, (2, 0, 8));
    assert_eq!(seats(&house, &show, placed.position()).await, events(&[("A-4", "held"), ("A-5", "held")]));

    let approve = format!("/v1/payments/{}/approve", placed.text("payment_id"));
    let approved = house.operator.post(&approve, json!({})).await.ok(200);
    assert_eq!((approved.text("status").as_str(), &approved.body["amount"]), ("succeeded", &json!(2_138)));
    let position = approved.position();
    assert_eq!(told(&house, &placed, position).await, ("confirmed".into(), "succeeded".into()));
    assert_eq!(house.counts(&show, position).await, (0, 2, 8));
    assert_eq!(seats(&house, &show, position).await, events(&[("A-4", "sold"), ("A-5", "sold")]));
    let order = house.customer.get_at(&format!("/v1/orders/{}", placed.text("order_id")), position).await;
    let tickets = order.body["tickets"].as_array().unwrap();
    let of = |member: &str| tickets.iter().map(|ticket| ticket[member].as_str().unwrap()).collect::<Vec<_>>();
    assert_eq!((of("seat"), of("status")), (vec!["A-4", "A-5"], vec!["issued", "issued"]));
    let codes = of("code");
    assert!(codes.len() == 2 && codes[0] != codes[1], "{codes:?}");
    house.customer.get_at(&format!("/v1/tickets/{}", codes[0]), position).await;
    let expected = events(&[
        ("SeatsReserved", "customer"),
        ("OrderPlaced", "customer"),
        ("PaymentRequested", "customer"),
        ("PaymentSucceeded", "staff"),
        ("SeatsCommitted", "staff"),
        ("OrderConfirmed", "staff"),
        ("TicketIssued", "staff"),
        ("TicketIssued", "staff"),
    ]);
    assert_eq!(history(&house, &placed, position).await, expected);
    let stats = stats(&house, position).await;
    assert_eq!(
        (&stats["orders"]["by_status"]["confirmed"], &stats["payments"]["by_status"]["succeeded"]),
        (&json!(1), &json!(1))
    );
    assert_eq!(stats["revenue"], json!([{ "currency": "EUR", "amount": 2_138 }]));
    audit(&house.world).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rejected_order_gives_back_exactly_what_it_took() {
    let house = House::open().await;
    let show = house.show(standing(10)).await;
    let other = house.order(quantity(&show, 3)).await;
    let placed = house.order(quantity(&show, 4)).await;
    assert_eq!(house.counts(&show, placed.position()).await, (7, 0, 3));
    let reject = format!("/v1/payments/{}/reject", placed.text("payment_id"));
    let rejected = house.operator.post(&reject, json!({ "reason": "never arrived" })).await.ok(200);
    let position = rejected.position();
    assert_eq!(told(&house, &placed, position).await, ("failed".into(), "failed".into()));
    assert_eq!(house.counts(&show, position).await, (3, 0, 7));
    assert_eq!(
        told(&house, &other, position).await,
        ("pending".into(), "pending".into()),
        "the other is left alone"
    );
    let stats = stats(&house, position).await;
    assert_eq!((&stats["orders"]["by_status"]["failed"], &stats["revenue"]), (&json!(1), &json!([])));
    audit(&house.world).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancelled_order_gives_back_exactly_what_it_took() {
    let house = House::open().await;
    let show = house.show(standing(10)).await;
    let placed = house.order(quantity(&show, 10)).await;
    house.customer.post("/v1/orders", quantity(&show, 1)).await.ok(409);
    let cancel = format!("/v1/orders/{}/cancel", placed.text("order_id"));
    let cancelled = house.customer.post(&cancel, json!({})).await.ok(200);
    let position = cancelled.position();
    assert_eq!(told(&house, &placed, position).await, ("cancelled".into(), "cancelled".into()));
    assert_eq!(house.counts(&show, position).await, ALL_FREE);
    let last = history(&house, &placed, position).await.pop().unwrap();
    assert_eq!(last.1, "customer");
    house.order(quantity(&show, 10)).await;
    audit(&house.world).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hold_that_nobody_pays_for_ends_by_itself() {
    let house = House::open().await;
    let show = house.hasty_show(standing(10)).await;
    let (placed, paid) = (house.order(quantity(&show, 6)).await, house.order(quantity(&show, 1)).await);
    let approve = format!("/v1/payments/{}/approve", paid.text("payment_id"));
    house.operator.post(&approve, json!({})).await.ok(200);
    let path = format!("/v1/orders/{}", placed.text("order_id"));
    let expired = eventually("the end of a hold of 5 s", Duration::from_secs(15), || async {
        Some(house.customer.get(&path).await).filter(|order| order.body["status"] != "pending")
    })
    .await;
    let position = expired.position();
    let head = house.world.number("select position from log_head").await;
    assert_eq!(told(&house, &placed, position).await, ("expired".into(), "cancelled".into()));
    assert_eq!(house.counts(&show, head).await, (0, 1, 9));
    assert_eq!(told(&house, &paid, head).await.0, "confirmed");
    let (event, actor) =
        history(&house, &placed, head).await.into_iter().find(|(event, _)| event == "OrderExpired").unwrap();
    assert_eq!((event.as_str(), actor.as_str()), ("OrderExpired", "system"));
    let books = audit(&house.world).await;
    let ended = books.log.iter().find(|event| event.event_type == "OrderExpired").unwrap().recorded_at;
    let until: DateTime<Utc> = placed.text("held_until").parse().unwrap();
    assert!(ended >= until, "the hold ended {ended}, before {until}");
    assert_eq!(stats(&house, head).await["orders"]["by_status"]["expired"], 1);
}
