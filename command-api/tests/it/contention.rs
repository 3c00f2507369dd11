//! Many callers at once.

use futures::future::join_all;
use serde_json::{Value, json};

use crate::support::{BoxOffice, Client, order, seats};

async fn customers(office: &BoxOffice, count: usize) -> Vec<Client> {
    join_all((0..count).map(|_| office.customer())).await
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_seats_and_two_hundred_buyers_make_ten_sales() {
    let office = BoxOffice::open().await;
    let show = office.standing(10).await;
    let customers = customers(&office, 10).await;
    let buyers = (0..200).map(|buyer| customers[buyer % 10].post("/v1/orders", order(&show, 1)));
    let replies = join_all(buyers).await;
    let (sold, refused): (Vec<_>, Vec<_>) = replies.into_iter().partition(|reply| reply.status == 201);
    assert_eq!(sold.len(), 10);
    for reply in refused {
        assert_eq!(reply.problem(), (409, "not-enough-available"));
        assert_eq!(reply.body["available"], 0);
    }
    let events = office.new_events().await;
    assert_eq!(events.iter().filter(|name| *name == "SeatsReserved").count(), 10);
    assert_eq!(events.len(), 30);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_seat_and_fifty_buyers_make_one_sale() {
    let office = BoxOffice::open().await;
    let rows = json!([{"code": "P", "name": "Parkett", "price": 100, "rows": [{"row": "A", "seats": 5}]}]);
    let (_, show) = office.show(rows).await;
    let customers = customers(&office, 5).await;
    let buyers = (0..50).map(|buyer| customers[buyer % 5].post("/v1/orders", seats(&show, &["A-3"])));
    let replies = join_all(buyers).await;
    assert_eq!(replies.iter().filter(|reply| reply.status == 201).count(), 1);
    assert_eq!(replies.iter().filter(|reply| reply.status == 409).count(), 49);
    assert_eq!(office.new_events().await.len(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_is_settled_once_whoever_comes_first() {
    let office = BoxOffice::open().await;
    let show = office.standing(5).await;
    let (customer, operator) = (office.customer().await, office.operator().await);
    let placed = customer.post("/v1/orders", order(&show, 5)).await.ok(201);
    let payment = placed.text("payment_id");
    office.new_events().await;
    let paths = [
        format!("/v1/orders/{}/cancel", placed.text("order_id")),
        format!("/v1/payments/{payment}/approve"),
        format!("/v1/payments/{payment}/reject"),
    ];
    let replies = join_all((0..60).map(|n| operator.post(&paths[n % 3], Value::Null))).await;
    assert_eq!(replies.iter().filter(|reply| reply.status == 200).count(), 1, "{replies:?}");
    assert_eq!(replies.iter().filter(|reply| reply.status == 409).count(), 59);
    let events = office.new_events().await;
    let ends = ["OrderConfirmed", "OrderFailed", "OrderCancelled"];
    assert_eq!(events.iter().filter(|name| ends.contains(&name.as_str())).count(), 1);
}
