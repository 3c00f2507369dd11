//! A body can't name another user or a price, and nobody sees or touches what is another's.

use serde_json::{Value, json};

use crate::support::{House, audit::audit, quantity, standing};

#[tokio::test(flavor = "multi_thread")]
async fn a_body_names_neither_user_nor_price() {
    let house = House::open().await;
    let show = house.show(standing(10)).await;
    let victim = house.world.customer().await;
    let mut bodies = Vec::new();
    for (member, value) in [
        ("user_id", json!(victim.user_id)),
        ("customer", json!(victim.user_id)),
        ("price", json!(1)),
        ("total", json!(0)),
        ("status", json!("confirmed")),
        ("payment_id", json!(victim.user_id)),
    ] {
        let mut body = quantity(&show, 1);
        body[member] = value.clone();
        bodies.push(body);
        let mut body = quantity(&show, 1);
        body["items"][0][member] = value;
        bodies.push(body);
    }
    for body in bodies {
        let reply = house.customer.post("/v1/orders", body.clone()).await;
        assert_eq!(reply.problem(), (422, "invalid"), "{body}");
    }
    let placed = house.order(quantity(&show, 1)).await;
    let books = audit(&house.world).await;
    let order = &books.orders[&placed.text("order_id")]["details"];
    assert_eq!((&order["customer"], &order["total"]), (&json!(house.customer.user_id), &json!(1_070)));
    assert_eq!(books.orders.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_another_s_looks_like_nothing() {
    let house = House::open().await;
    let show = house.show(standing(10)).await;
    let placed = house.order(quantity(&show, 1)).await;
    let stranger = house.world.customer().await;
    let (order, payment) = (placed.text("order_id"), placed.text("payment_id"));
    let nothing = format!("/v1/orders/{}", uuid::Uuid::new_v4());
    let unknown = stranger.get(&nothing).await.ok(404);
    let paths = [
        format!("/v1/orders/{order}"),
        format!("/v1/orders/{order}/history"),
        format!("/v1/payments/{payment}"),
    ];
    for path in &paths {
        let hidden = stranger.get(&format!("{path}?min_position={}", placed.position())).await;
        assert_eq!(
            without_request(hidden.body.clone()),
            without_request(unknown.body.clone()),
            "{path}: {hidden:?}"
        );
        house.customer.get_at(path, placed.position()).await;
    }
    assert_eq!(
        stranger.post(&format!("/v1/orders/{order}/cancel"), json!({})).await.problem(),
        (404, "not-found")
    );
    for verb in ["approve", "reject"] {
        let reply = house.customer.post(&format!("/v1/payments/{payment}/{verb}"), json!({})).await;
        assert_eq!(reply.problem(), (403, "forbidden"), "nobody pays by saying so");
    }
    assert_eq!(stranger.get("/v1/orders").await.ok(200).body["data"], json!([]));
    let nobody = house.world.stranger();
    assert_eq!(nobody.post("/v1/orders", quantity(&show, 1)).await.problem(), (401, "unauthenticated"));
    assert_eq!(nobody.get(&paths[0]).await.problem(), (401, "unauthenticated"));
    let books = audit(&house.world).await;
    assert_eq!(books.orders_in("pending"), 1);
}

fn without_request(mut body: Value) -> Value {
    body.as_object_mut().unwrap().remove("request_id").unwrap();
    body
}
