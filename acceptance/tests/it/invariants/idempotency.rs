//! One key, one effect, one answer; and it belongs to its caller.

use futures::future::join_all;
use serde_json::json;

use crate::support::{House, audit::audit, new_key, quantity, standing};

const REPLAYED: &str = "idempotency-replayed";

#[tokio::test(flavor = "multi_thread")]
async fn the_same_key_two_hundred_times_at_once_is_one_order() {
    let house = House::open().await;
    let show = house.show(standing(10)).await;
    let (key, body) = (new_key(), quantity(&show, 1));
    let replies = join_all((0..200).map(|_| house.customer.post_with_key(&key, "/v1/orders", &body))).await;
    let first = &replies[0].body;
    for reply in &replies {
        assert_eq!((reply.status, &reply.body), (201, first), "{reply:?}");
    }
    let originals = replies.iter().filter(|reply| reply.header(REPLAYED).is_none()).count();
    assert_eq!(originals, 1, "all answers but one are marked as replays");
    let later = house.customer.post_with_key(&key, "/v1/orders", &body).await.ok(201);
    assert_eq!((later.header(REPLAYED), &later.body), (Some("true"), first));
    assert_eq!(audit(&house.world).await.events("OrderPlaced"), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_belongs_to_one_request_of_one_caller() {
    let house = House::open().await;
    let show = house.show(standing(10)).await;
    let (key, body) = (new_key(), quantity(&show, 1));
    let own = house.customer.post_with_key(&key, "/v1/orders", &body).await.ok(201);
    let changed = house.customer.post_with_key(&key, "/v1/orders", &quantity(&show, 2)).await;
    assert_eq!(changed.problem(), (422, "idempotency-key-reused"));
    let cancel = format!("/v1/orders/{}/cancel", own.text("order_id"));
    let elsewhere = house.customer.post_with_key(&key, &cancel, &json!({})).await;
    assert_eq!(elsewhere.problem(), (422, "idempotency-key-reused"));
    let other = house.world.customer().await;
    let theirs = other.post_with_key(&key, "/v1/orders", &body).await.ok(201);
    assert_eq!(theirs.header(REPLAYED), None);
    assert_ne!(theirs.body["order_id"], own.body["order_id"], "nobody gets another's answer");
    let without = house.customer.command(reqwest::Method::POST, "/v1/orders", body).await;
    assert_eq!(without.problem(), (400, "idempotency-key-missing"));
    let books = audit(&house.world).await;
    assert_eq!((books.orders.len(), books.orders_in("pending")), (2, 2));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_request_may_be_tried_again_with_its_key() {
    let house = House::open().await;
    let show = house.show(standing(1)).await;
    let (key, body) = (new_key(), quantity(&show, 1));
    let placed = house.order(body.clone()).await;
    house.customer.post_with_key(&key, "/v1/orders", &body).await.ok(409);
    house.customer.post(&format!("/v1/orders/{}/cancel", placed.text("order_id")), json!({})).await.ok(200);
    let second = house.customer.post_with_key(&key, "/v1/orders", &body).await.ok(201);
    assert_eq!(second.header(REPLAYED), None);
    audit(&house.world).await;
}
