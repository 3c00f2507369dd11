//! The rest of what is spoken.

use chrono::TimeDelta;
use providers::{Provider, RefundState};

use crate::support::{KEY, World, pending, succeeded};

const INTENTS: &str = "/v1/payment_intents";

#[tokio::test]
async fn whoever_has_another_key_is_not_listened_to() {
    let world = World::new().await;
    for key in [None, Some("sk_test_other")] {
        let (status, body) = world.get(INTENTS, key).await;
        assert_eq!((status, &body["error"]["type"]), (401, &"invalid_request_error".into()));
    }
    assert_eq!(world.get(INTENTS, Some(KEY)).await.0, 200);
}

#[tokio::test]
async fn wrong_requests_are_told_what_is_wrong_with_them() {
    let world = World::new().await;
    for (form, code) in [
        ("currency=eur", "parameter_missing"),
        ("amount=x&currency=eur", "parameter_invalid_integer"),
        ("amount=-1&currency=eur", "parameter_invalid_integer"),
        ("amount=5&currency=euro", "parameter_invalid_value"),
        ("amount=5&currency=eur&confrm=true", "parameter_unknown"),
        ("amount=5&currency=eur&confirm=true", "parameter_missing"),
    ] {
        let (status, _, body) = world.post(INTENTS, form, "a").await;
        assert_eq!((status, &body["error"]["code"]), (400, &code.into()), "{form}");
    }
    let (status, body) = world.get("/v1/payment_intents/pi_none", Some(KEY)).await;
    assert_eq!((status, &body["error"]["code"]), (404, &"resource_missing".into()));
    assert_eq!(world.get("/v1/nothing", Some(KEY)).await.0, 404);
}

#[tokio::test]
async fn without_a_confirmation_the_amount_does_nothing_yet() {
    let world = World::new().await;
    let (status, _, made) = world.post(INTENTS, "amount=580&currency=eur", "a").await;
    assert_eq!((status, &made["status"]), (200, &"requires_payment_method".into()));
    let path = format!("{INTENTS}/{}/confirm", made["id"].as_str().unwrap());
    let (status, _, declined) = world.post(&path, "payment_method=pm_card_visa", "b").await;
    assert_eq!((status, &declined["error"]["payment_intent"]["id"]), (402, &made["id"]));

    let (_, _, made) = world.post(INTENTS, "amount=500&currency=eur", "c").await;
    let path = format!("{INTENTS}/{}/confirm", made["id"].as_str().unwrap());
    let (status, _, paid) = world.post(&path, "payment_method=pm_card_visa", "d").await;
    assert_eq!((status, &paid["status"]), (200, &"succeeded".into()));
    assert_eq!(world.post(&path, "", "e").await.0, 400, "once is enough");
}

#[tokio::test]
async fn a_charge_is_found_by_its_payment_but_not_at_once() {
    let world = World::new().await;
    let (charge, other) = (world.new_charge(500), world.new_charge(600));
    world.stripe.charge(&charge).await.unwrap();
    assert_eq!(world.stripe.find(&charge, None).await.unwrap(), None, "search lags behind");
    world.clock.jump(TimeDelta::seconds(2));
    assert!(succeeded(&world.stripe.find(&charge, None).await.unwrap().unwrap()));
    assert_eq!(world.stripe.find(&other, None).await.unwrap(), None, "nobody asked for it");
    assert_eq!(world.get("/v1/payment_intents/search?query=id", Some(KEY)).await.0, 400);
}

#[tokio::test]
async fn lists_are_paged_and_bounded_by_time() {
    let world = World::new().await;
    let from = world.clock.now();
    for key in 0..5 {
        world.post(INTENTS, "amount=500&currency=eur", &key.to_string()).await;
        world.clock.jump(TimeDelta::seconds(10));
    }
    let (mut seen, mut after) = (Vec::new(), String::new());
    loop {
        let (status, page) = world.get(&format!("{INTENTS}?limit=2{after}"), Some(KEY)).await;
        assert_eq!(status, 200);
        let data = page["data"].as_array().unwrap();
        seen.extend(data.iter().map(|intent| intent["created"].as_i64().unwrap()));
        after = format!("&starting_after={}", data.last().unwrap()["id"].as_str().unwrap());
        if page["has_more"] == false {
            break;
        }
    }
    assert_eq!(seen.len(), 5);
    assert!(seen.is_sorted_by(|newer, older| newer > older));
    let until = (from + TimeDelta::seconds(15)).timestamp();
    let query = format!("{INTENTS}?created[gte]={}&created[lte]={until}", from.timestamp());
    let found = world.get(&query, Some(KEY)).await.1;
    assert_eq!(found["data"].as_array().unwrap().len(), 2);
    assert_eq!(world.get(&format!("{INTENTS}?limit=101"), Some(KEY)).await.0, 400);
}

#[tokio::test]
async fn no_more_is_given_back_than_was_taken() {
    let world = World::new().await;
    let (charge, unpaid) = (world.new_charge(500), world.new_charge(92));
    assert!(succeeded(&world.stripe.charge(&charge).await.unwrap()));
    assert!(pending(&world.stripe.charge(&unpaid).await.unwrap()));
    let reference =
        world.stripe.books(charge.requested_at, world.clock.now()).await.unwrap()[0].reference.clone();
    let form = |amount: i64| format!("payment_intent={reference}&amount={amount}");
    assert_eq!(world.post("/v1/refunds", &form(501), "a").await.0, 400);
    assert_eq!(world.post("/v1/refunds", &form(300), "b").await.0, 200);
    assert_eq!(world.post("/v1/refunds", &form(201), "c").await.0, 400);
    assert_eq!(world.post("/v1/refunds", &form(200), "d").await.0, 200);
    assert_eq!(world.booked(&charge).await, (500, 500, 1, 2));
    assert!(world.refund(&unpaid).await.is_err());
}

#[tokio::test]
async fn a_charge_that_others_call_otherwise_is_found_all_the_same() {
    let world = World::new().await;
    for name in ["a bank transfer", "pi_of_somebody_else", "../refunds?limit=1", "pi_/../../refunds"] {
        let charge = world.new_charge(500);
        assert!(succeeded(&world.stripe.charge(&charge).await.unwrap()));
        world.clock.jump(TimeDelta::seconds(2));
        let refunded = world.refund_called(&charge, Some(name)).await;
        assert!(matches!(refunded, Ok(RefundState::Succeeded { .. })), "{name}: {refunded:?}");
        assert_eq!(world.booked(&charge).await, (500, 500, 1, 1), "{name}");
    }
}
