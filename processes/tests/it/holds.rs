//! Holds end by themselves.

use futures::future::join_all;
use processes::{HoldExpiry, Process};

use crate::{
    shop::{HOLD, order, pay, show_of},
    support::{World, until},
};

#[tokio::test]
async fn holds_end_once_with_two_runners_and_the_seats_are_free_again() {
    let world = World::new().await;
    let show = show_of(&world, 20).await;
    for _ in 0..20 {
        order(&world, show, 1).await.unwrap();
    }
    assert!(order(&world, show, 1).await.is_err(), "sold out");
    let runners = [world.run::<HoldExpiry>(), world.run::<HoldExpiry>()];
    world.caught_up(HoldExpiry::NAME).await;
    assert_eq!(world.count("OrderExpired").await, 0, "nothing ends before its time");

    world.clock.advance(HOLD);

    until("all have ended", async || world.steps(HoldExpiry::NAME).await.is_empty()).await;
    let mut expired: Vec<String> = world.log().await.into_iter().filter_map(expired).collect();
    expired.sort();
    expired.dedup();
    assert_eq!((expired.len(), world.count("OrderExpired").await), (20, 20), "each order once");
    order(&world, show, 20).await.expect("every seat is free");
    for runner in runners {
        runner.stop().await;
    }
}

fn expired(event: event_store::RecordedEvent) -> Option<String> {
    (event.event_type == "OrderExpired").then_some(event.stream_id)
}

#[tokio::test]
async fn whoever_takes_over_ends_the_holds() {
    let world = World::new().await;
    let show = show_of(&world, 5).await;
    order(&world, show, 5).await.unwrap();
    let first = world.run::<HoldExpiry>();
    world.caught_up(HoldExpiry::NAME).await;
    first.stop().await;

    world.clock.advance(HOLD);
    let second = world.run::<HoldExpiry>();

    until("it has ended", async || world.steps(HoldExpiry::NAME).await.is_empty()).await;
    assert_eq!(world.count("OrderExpired").await, 1);
    second.stop().await;
}

#[tokio::test]
async fn a_paid_order_s_step_is_dropped() {
    let world = World::new().await;
    let show = show_of(&world, 5).await;
    let placed = order(&world, show, 1).await.unwrap().answer;
    let runner = world.run::<HoldExpiry>();
    world.caught_up(HoldExpiry::NAME).await;
    assert_eq!(world.steps(HoldExpiry::NAME).await.len(), 1);

    pay(&world, placed.payment_id).await;
    world.caught_up(HoldExpiry::NAME).await;

    assert_eq!(world.steps(HoldExpiry::NAME).await, []);
    runner.stop().await;
}

#[tokio::test]
async fn three_hundred_holds_that_end_at_once_are_all_released() {
    let world = World::new().await;
    let show = show_of(&world, 300).await;
    let placed = join_all((0..300).map(|_| order(&world, show, 1))).await;
    assert!(placed.iter().all(Result::is_ok));
    let runner = world.run::<HoldExpiry>();
    world.caught_up(HoldExpiry::NAME).await;

    world.clock.advance(HOLD);

    until("all have ended", async || world.steps(HoldExpiry::NAME).await.is_empty()).await;
    assert_eq!(world.count("OrderExpired").await, 300);
    assert!(join_all((0..300).map(|_| order(&world, show, 1))).await.iter().all(Result::is_ok));
    runner.stop().await;
}
