//! What is told is signed, and told until it is taken.

use chrono::TimeDelta;
use providers::Provider;

use crate::support::{World, failed, secrets, succeeded};

#[tokio::test]
async fn every_message_is_signed_as_stripe_signs() {
    let world = World::new().await;
    let charge = world.new_charge(85);
    assert!(succeeded(&world.stripe.charge(&charge).await.unwrap()));
    world.hook.hears(charge.payment, 2).await;
    for (signature, body) in world.hook.messages() {
        assert_eq!(secrets().check_stripe(&signature, &body, world.clock.now()), Ok(()));
        let later = world.clock.now() + TimeDelta::minutes(10);
        assert!(secrets().check_stripe(&signature, &body, later).is_err());
        assert!(secrets().check_stripe(&signature, &body[1..], world.clock.now()).is_err());
    }
}

#[tokio::test]
async fn a_message_that_is_refused_is_sent_again() {
    let world = World::new().await;
    world.hook.refuse(2);
    let charge = world.new_charge(500);
    assert!(succeeded(&world.stripe.charge(&charge).await.unwrap()));
    let told = world.hook.hears(charge.payment, 3).await;
    assert!(told.iter().all(|notice| *notice == told[0]), "the same event, under the same id");
}

#[tokio::test]
async fn news_of_one_charge_waits_for_what_came_before_it() {
    let world = World::new().await;
    world.hook.refuse(2);
    let charge = world.new_charge(80);
    assert!(failed(&world.stripe.charge(&charge).await.unwrap()));
    let told = world.hook.hears(charge.payment, 4).await;
    let ids: Vec<&str> = told.iter().map(|notice| notice.id.as_str()).collect();
    assert_eq!(ids[..3], [ids[0]; 3], "the refusal of the card, until it is taken");
    assert_ne!(ids[3], ids[0], "then the end of the charge");
}
