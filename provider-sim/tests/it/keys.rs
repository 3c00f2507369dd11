//! What is asked for under a key is done once.

use chrono::TimeDelta;
use providers::Provider;
use serde_json::Value;

use crate::support::{World, succeeded};

const INTENTS: &str = "/v1/payment_intents";
const FORM: &str = "amount=500&currency=eur&payment_method=pm_card_visa&confirm=true";

#[tokio::test]
async fn the_same_key_and_form_have_the_same_answer() {
    let world = World::new().await;
    let (status, replayed, first) = world.post(INTENTS, FORM, "a").await;
    assert_eq!((status, replayed), (200, false));
    assert_eq!(world.post(INTENTS, FORM, "a").await, (200, true, first.clone()));
    let sorted_otherwise = "confirm=true&currency=eur&amount=500&payment_method=pm_card_visa";
    assert_eq!(world.post(INTENTS, sorted_otherwise, "a").await, (200, true, first.clone()));
    let other = world.post(INTENTS, FORM, "b").await.2;
    assert_ne!(first["id"], other["id"]);
}

#[tokio::test]
async fn the_same_key_with_another_form_is_refused() {
    let world = World::new().await;
    world.post(INTENTS, FORM, "a").await;
    let (status, _, refused) = world.post(INTENTS, &FORM.replace("500", "501"), "a").await;
    assert_eq!((status, &refused["error"]["type"]), (400, &"idempotency_error".into()));
    let (status, ..) = world.post("/v1/refunds", "payment_intent=x", "a").await;
    assert_eq!(status, 400, "and for another path");
}

#[tokio::test]
async fn a_declined_card_is_remembered_and_a_wrong_request_is_not() {
    let world = World::new().await;
    let declined = FORM.replace("500", "580");
    let (status, _, first) = world.post(INTENTS, &declined, "a").await;
    assert_eq!((status, &first["error"]["decline_code"]), (402, &"insufficient_funds".into()));
    assert_eq!(world.post(INTENTS, &declined, "a").await, (402, true, first));
    assert_eq!(world.post(INTENTS, "amount=0&currency=eur", "b").await.0, 400);
    assert_eq!(world.post(INTENTS, FORM, "b").await.0, 200);
}

#[tokio::test]
async fn what_failed_once_it_was_begun_is_remembered_and_is_done_under_another_key() {
    let world = World::new().await;
    let id = |made: &Value| made["id"].as_str().unwrap().to_owned();
    let unpaid = id(&world.post(INTENTS, "amount=500&currency=eur", "a").await.2);
    let refund = format!("payment_intent={unpaid}");
    let (status, replayed, refused) = world.post("/v1/refunds", &refund, "b").await;
    assert_eq!((status, replayed), (400, false));
    world.post(&format!("{INTENTS}/{unpaid}/confirm"), "payment_method=pm_card_visa", "c").await;
    assert_eq!(world.post("/v1/refunds", &refund, "b").await, (400, true, refused));
    assert_eq!(world.post("/v1/refunds", &refund, "d").await.0, 200);

    let paid = id(&world.post(INTENTS, &FORM.replace("500", "594"), "e").await.2);
    let refund = format!("payment_intent={paid}");
    let tried = async |key| {
        let (status, replayed, _) = world.post("/v1/refunds", &refund, key).await;
        (status, replayed)
    };
    assert_eq!((tried("f").await, tried("f").await), ((500, false), (500, true)));
    assert_eq!((tried("g").await, tried("h").await), ((500, false), (200, false)));
    let world = world.restart().await;
    assert_eq!(world.post("/v1/refunds", &refund, "f").await.0, 500);
    world.clock.jump(TimeDelta::hours(25));
    assert_eq!(world.post("/v1/refunds", &refund, "f").await.0, 400, "it is paid back");
}

#[tokio::test]
async fn a_key_is_forgotten_after_a_day() {
    let world = World::new().await;
    let charge = world.new_charge(500);
    assert!(succeeded(&world.stripe.charge(&charge).await.unwrap()));
    world.clock.jump(TimeDelta::hours(23));
    assert!(succeeded(&world.stripe.charge(&charge).await.unwrap()));
    assert_eq!(world.booked(&charge).await, (500, 0, 1, 0));
    world.clock.jump(TimeDelta::hours(2));
    assert!(succeeded(&world.stripe.charge(&charge).await.unwrap()));
    assert_eq!(world.booked(&charge).await, (1_000, 0, 2, 0), "as any provider would, it charges again");
}

#[tokio::test]
async fn of_many_at_once_one_is_done() {
    let world = World::new().await;
    let charge = world.new_charge(500);
    let (first, second, third) = tokio::join!(
        world.stripe.charge(&charge),
        world.stripe.charge(&charge),
        world.stripe.charge(&charge)
    );
    assert!(succeeded(&first.clone().unwrap()));
    assert!(first == second && second == third);
    assert_eq!(world.booked(&charge).await, (500, 0, 1, 0));
}
