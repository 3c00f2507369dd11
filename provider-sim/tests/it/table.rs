//! What the last two digits of an amount choose.

use std::time::Duration;

use chrono::TimeDelta;
use providers::{ChargeState, Provider, ProviderError, RefundState};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::support::{KEY, World, eventually, failed, pending, succeeded, unavailable};

#[tokio::test]
async fn most_amounts_are_approved_at_once_and_told_of_after() {
    let world = World::new().await;
    for amount in [100, 1_279, 99] {
        let charge = world.new_charge(amount);
        assert!(succeeded(&world.stripe.charge(&charge).await.unwrap()), "{amount}");
        assert_eq!(world.hook.hears_whether(charge.payment, 1).await, [true]);
        assert_eq!(world.booked(&charge).await, (amount, 0, 1, 0));
    }
}

#[tokio::test]
async fn amounts_on_80_and_81_are_declined_with_their_reasons() {
    let world = World::new().await;
    for (amount, why) in [(1_080, "insufficient_funds"), (1_081, "card_declined")] {
        let charge = world.new_charge(amount);
        for answer in [world.stripe.charge(&charge).await.unwrap(), world.find(&charge).await] {
            let ChargeState::Failed { reason, .. } = answer else { panic!("{answer:?}") };
            assert_eq!(reason, why);
        }
        // The client calls off what was declined.
        let told = world.hook.hears(charge.payment, 2).await;
        assert!(told.iter().all(|notice| notice.state.as_ref().is_some_and(failed)));
        assert_eq!(world.booked(&charge).await, (0, 0, 0, 0));
    }
}

#[tokio::test]
async fn amounts_on_82_and_83_are_decided_while_nobody_is_answered() {
    let world = World::new().await;
    let (good, bad) = (world.new_charge(82), world.new_charge(83));
    let (first, second) = tokio::join!(world.stripe.charge(&good), world.stripe.charge(&bad));
    assert!(unavailable(&first) && unavailable(&second));
    assert!(unavailable(&world.stripe.charge(&good).await), "the first request is still being answered");
    world.clock.jump(TimeDelta::seconds(5));
    world.comes_to(&good, succeeded).await;
    world.comes_to(&bad, failed).await;
    assert_eq!(world.hook.hears_whether(good.payment, 1).await, [true]);
    assert_eq!(world.hook.hears_whether(bad.payment, 1).await, [false]);
    world.clock.jump(TimeDelta::seconds(10));
    assert!(succeeded(&world.stripe.charge(&good).await.unwrap()));
    assert!(failed(&world.stripe.charge(&bad).await.unwrap()));
    assert_eq!(world.booked(&good).await, (82, 0, 1, 0));
}

#[tokio::test]
async fn a_charge_that_the_bank_has_in_hand_cant_be_called_off() {
    let world = World::new().await;
    let charge = world.new_charge(87);
    assert!(pending(&world.stripe.charge(&charge).await.unwrap()));
    assert!(pending(&world.cancel(&charge).await));
}

/// That it could not be was remembered under its key.
#[tokio::test]
async fn a_charge_that_could_not_be_called_off_can_be_once_the_bank_has_decided() {
    let world = World::new().await;
    let charge = world.new_charge(83);
    assert!(unavailable(&world.stripe.charge(&charge).await));
    assert!(pending(&world.cancel(&charge).await));
    world.clock.jump(TimeDelta::seconds(5));
    world.comes_to(&charge, failed).await;
    assert!(failed(&world.cancel(&charge).await));
    let path = format!("/v1/payment_intents/{}", world.reference(&charge).await.unwrap());
    assert_eq!(world.get(&path, Some(KEY)).await.1["status"], "canceled");
}

#[tokio::test]
async fn an_amount_on_84_is_told_of_three_times() {
    let world = World::new().await;
    let charge = world.new_charge(84);
    assert!(succeeded(&world.stripe.charge(&charge).await.unwrap()));
    let told = world.hook.hears(charge.payment, 3).await;
    assert!(told.iter().all(|notice| *notice == told[0]), "the same event");
}

#[tokio::test]
async fn wrong_words_arrive_in_the_order_that_the_amount_chooses() {
    let world = World::new().await;
    for (amount, told) in [(85, [true, false]), (88, [true, false])] {
        let charge = world.new_charge(amount);
        assert!(succeeded(&world.stripe.charge(&charge).await.unwrap()), "{amount}");
        assert_eq!(world.hook.hears_whether(charge.payment, 2).await, told, "{amount}");
        assert!(succeeded(&world.find(&charge).await), "{amount}");
    }
    let times = world.hook.times();
    assert!(times[1] < times[0], "85: the wrong word is older");
    assert!(times[3] >= times[2], "88: the wrong word is newer");

    let charge = world.new_charge(87);
    assert!(pending(&world.stripe.charge(&charge).await.unwrap()));
    assert_eq!(world.hook.hears_whether(charge.payment, 1).await, [false]);
    assert!(pending(&world.find(&charge).await));
    world.clock.jump(TimeDelta::seconds(2));
    assert_eq!(world.hook.hears_whether(charge.payment, 2).await, [false, true]);
    assert!(succeeded(&world.find(&charge).await));
}

#[tokio::test]
async fn an_amount_on_86_is_told_of_before_it_is_answered() {
    let world = World::new().await;
    let charge = world.new_charge(86);
    assert!(succeeded(&world.stripe.charge(&charge).await.unwrap()));
    assert_eq!(world.hook.of(charge.payment).len(), 1);
}

#[tokio::test]
async fn amounts_on_89_to_91_are_decided_later() {
    let world = World::new().await;
    for (amount, seconds, good) in [(89, 2, true), (30_090, 300, true), (91, 2, false)] {
        let charge = world.new_charge(amount);
        assert!(pending(&world.stripe.charge(&charge).await.unwrap()), "{amount}");
        if seconds > 2 {
            world.clock.jump(TimeDelta::seconds(seconds - 10));
            assert!(pending(&world.find(&charge).await), "{amount}");
        }
        world.clock.jump(TimeDelta::seconds(seconds));
        world.comes_to(&charge, if good { succeeded } else { failed }).await;
        assert_eq!(world.hook.hears_whether(charge.payment, 1).await, [good], "{amount}");
    }
}

#[tokio::test]
async fn an_amount_on_92_is_pending_until_it_is_called_off() {
    let world = World::new().await;
    let charge = world.new_charge(92);
    assert!(pending(&world.stripe.charge(&charge).await.unwrap()));
    world.clock.jump(TimeDelta::hours(23));
    assert!(pending(&world.find(&charge).await));
    assert_eq!(world.get("/books/open", None).await.1["undecided"], 1);
    assert!(failed(&world.cancel(&charge).await));
    assert_eq!(world.hook.hears_whether(charge.payment, 1).await, [false]);
    eventually(async || {
        let open = world.get("/books/open", None).await.1;
        open["undecided"] == 0 && open["untold"] == 0
    })
    .await;
}

#[tokio::test]
async fn amounts_on_93_and_96_are_put_off_and_then_approved() {
    let world = World::new().await;
    let charge = world.new_charge(93);
    for _ in 0..3 {
        assert!(unavailable(&world.stripe.charge(&charge).await));
    }
    assert!(succeeded(&world.stripe.charge(&charge).await.unwrap()));
    assert_eq!(world.booked(&charge).await, (93, 0, 1, 0));

    let charge = world.new_charge(96);
    let put_off = world.stripe.charge(&charge).await.unwrap_err();
    let ProviderError::Unavailable { retry_after, .. } = put_off else { panic!("{put_off:?}") };
    assert_eq!(retry_after, Some(Duration::from_secs(1)));
    assert!(succeeded(&world.stripe.charge(&charge).await.unwrap()));
}

#[tokio::test]
async fn refunds_of_94_fail_twice_and_of_95_take_two_seconds() {
    let world = World::new().await;
    let charge = world.new_charge(94);
    assert!(succeeded(&world.stripe.charge(&charge).await.unwrap()));
    for _ in 0..2 {
        assert!(unavailable(&world.refund(&charge).await));
    }
    assert!(matches!(world.refund(&charge).await, Ok(RefundState::Succeeded { .. })));
    assert_eq!(world.booked(&charge).await, (94, 94, 1, 1));

    let charge = world.new_charge(95);
    assert!(succeeded(&world.stripe.charge(&charge).await.unwrap()));
    assert_eq!(world.refund(&charge).await, Ok(RefundState::Pending));
    assert_eq!(world.booked(&charge).await, (95, 0, 1, 1));
    world.clock.jump(TimeDelta::seconds(2));
    eventually(async || matches!(world.refund(&charge).await, Ok(RefundState::Succeeded { .. }))).await;
    assert_eq!(world.booked(&charge).await, (95, 95, 1, 1));
}

#[tokio::test]
async fn a_refund_of_98_fails_and_is_made_anew_under_another_key() {
    let world = World::new().await;
    let charge = world.new_charge(98);
    assert!(succeeded(&world.stripe.charge(&charge).await.unwrap()));
    assert_eq!(world.refund(&charge).await, Ok(RefundState::Pending));
    assert_eq!(world.refund(&charge).await, Ok(RefundState::Pending), "it is the same one");
    assert_eq!(world.booked(&charge).await, (98, 0, 1, 1));
    world.clock.jump(TimeDelta::seconds(2));
    let failed = RefundState::Failed { reason: "expired_or_canceled_card".to_owned() };
    eventually(async || world.refund(&charge).await == Ok(failed.clone())).await;
    assert_eq!(world.refund(&charge).await, Ok(RefundState::Pending), "it was made anew, and told of once");
    assert_eq!(world.booked(&charge).await, (98, 0, 1, 2));
    world.clock.jump(TimeDelta::seconds(2));
    eventually(async || matches!(world.refund(&charge).await, Ok(RefundState::Succeeded { .. }))).await;
    assert_eq!(world.booked(&charge).await, (98, 98, 1, 2));
}

#[tokio::test]
async fn an_amount_on_97_is_approved_without_a_word() {
    let world = World::new().await;
    let charge = world.new_charge(97);
    assert!(unavailable(&world.stripe.charge(&charge).await));
    assert_eq!(world.booked(&charge).await, (97, 0, 1, 0));
    assert!(succeeded(&world.stripe.charge(&charge).await.unwrap()));
    assert_eq!(world.booked(&charge).await, (97, 0, 1, 0));

    let form = "amount=97&currency=eur&payment_method=pm_card_visa&confirm=true";
    let request = format!(
        "POST /v1/payment_intents HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {KEY}\r\n\
         Content-Length: {}\r\n\r\n{form}",
        form.len()
    );
    let mut connection = TcpStream::connect(world.address).await.unwrap();
    connection.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    connection.read_to_end(&mut answer).await.unwrap();
    assert_eq!(String::from_utf8_lossy(&answer), "", "not a byte of an answer");
}
