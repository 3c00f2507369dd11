//! Held and sold never exceed capacity.

use futures::future::join_all;
use serde_json::json;

use crate::support::{Caller, House, audit::audit, quantity, standing};

#[tokio::test(flavor = "multi_thread")]
async fn ten_seats_and_two_hundred_buyers_make_ten_sales() {
    let house = House::open().await;
    let show = house.show(standing(10)).await;
    let buyers: Vec<Caller> = join_all((0..4).map(|_| house.world.customer())).await;
    let orders = (0..200).map(|buyer| buyers[buyer % buyers.len()].post("/v1/orders", quantity(&show, 1)));
    let replies = join_all(orders).await;
    let (sold, refused): (Vec<_>, Vec<_>) = replies.into_iter().partition(|reply| reply.status == 201);
    assert_eq!((sold.len(), refused.len()), (10, 190));
    for reply in refused {
        assert_eq!((reply.problem(), &reply.body["available"]), ((409, "not-enough-available"), &json!(0)));
    }
    let position = sold.iter().map(crate::support::Reply::position).max().unwrap();
    assert_eq!(house.counts(&show, position).await, (10, 0, 0));
    let books = audit(&house.world).await;
    assert_eq!((books.events("OrderPlaced"), books.events("SeatsReserved")), (10, 10));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_quantity_that_is_no_number_from_1_to_20_takes_nothing() {
    let house = House::open().await;
    let show = house.show(standing(100)).await;
    let quantities = [
        json!("500"),
        json!("5"),
        json!(-5),
        json!(0),
        json!(21),
        json!(1.5),
        json!(9_223_372_036_854_775_808_u64),
        json!(null),
        json!([1]),
        json!(true),
        json!(1e300),
        json!({}),
    ];
    for wanted in quantities {
        let reply = house.customer.post("/v1/orders", quantity(&show, wanted.clone())).await;
        assert_eq!(reply.status, 422, "{wanted}: {reply:?}");
        let pointer = reply.body["errors"][0]["pointer"].as_str().unwrap();
        assert!(pointer.starts_with("/items/0"), "{wanted}: {reply:?}");
    }
    // Twice the same key in one object: neither may win.
    let doubled = format!(
        r#"{{"show_id":"{show}","payment_method":"manual","items":[{{"section":"FIELD","quantity":1,"quantity":2}}]}}"#
    );
    assert_eq!(house.customer.post_text("/v1/orders", &doubled).await.status / 100, 4);
    let books = audit(&house.world).await;
    assert_eq!(books.orders.len(), 0);
    assert_eq!(house.counts(&show, books.head()).await, (0, 0, 100));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_seat_is_sold_to_one() {
    let house = House::open().await;
    let rows =
        json!([{ "code": "HALL", "name": "Hall", "price": 500, "rows": [{ "row": "A", "seats": 8 }] }]);
    let show = house.show(rows).await;
    let seats = |seats: &[&str]| json!({ "show_id": show, "payment_method": "manual", "items": [{ "seats": seats }] });
    let twice = house.customer.post("/v1/orders", seats(&["A-1", "A-1"])).await;
    assert_eq!(twice.status, 422, "{twice:?}");
    let items = json!([{ "seats": ["A-1"] }, { "section": "HALL", "seats": ["A-1"] }]);
    let apart = json!({ "show_id": show, "payment_method": "manual", "items": items });
    let apart = house.customer.post("/v1/orders", apart).await;
    assert_eq!(apart.status, 422, "{apart:?}");
    house.customer.post("/v1/orders", seats(&["A-9"])).await.ok(422);
    let replies = join_all((0..40).map(|_| house.customer.post("/v1/orders", seats(&["A-3", "A-4"])))).await;
    let (sold, refused): (Vec<_>, Vec<_>) = replies.into_iter().partition(|reply| reply.status == 201);
    assert_eq!(sold.len(), 1);
    for reply in refused {
        assert_eq!((reply.problem(), &reply.body["seats"]), ((409, "seats-taken"), &json!(["A-3", "A-4"])));
    }
    // All or nothing: a seat that is free is not held by an order that is refused for another.
    house.customer.post("/v1/orders", seats(&["A-2", "A-3"])).await.ok(409);
    let books = audit(&house.world).await;
    assert_eq!(house.counts(&show, books.head()).await, (2, 0, 6));
}
